import { Unplug } from 'lucide-react';
import { useServerAway } from '../../api/connection.ts';

/** Above every page while the server is away; what is on the page stays. */
export function AwayNote() {
  const isAway = useServerAway();
  return (
    <div role="status">
      {isAway && (
        <p className="mb-4 flex items-center gap-2.5 rounded-md bg-held-soft px-3 py-2 text-held text-sm">
          <Unplug aria-hidden className="size-4 shrink-0" />
          <span>
            <strong className="font-semibold">The server is away.</strong> What you see may be out of date;
            the page continues when the server is back.
          </span>
        </p>
      )}
    </div>
  );
}
