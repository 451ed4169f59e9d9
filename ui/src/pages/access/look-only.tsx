import { Lock } from 'lucide-react';
import { useSession } from '../../api/session.ts';

/** In the place of a button that the server would reject: why it is not there. @param act such as “change it” */
export function LookOnly({ act }: { act: string }) {
  const { role } = useSession();
  return (
    <p className="flex items-center gap-2 text-muted text-sm">
      <Lock aria-hidden className="size-4 shrink-0" />
      <span>
        Your role, {role}, cannot {act}. Ask an owner for the role operator.
      </span>
    </p>
  );
}
