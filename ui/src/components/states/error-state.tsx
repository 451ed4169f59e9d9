import { TriangleAlert } from 'lucide-react';
import { Button } from '../button.tsx';
import { useUnshown } from '../forms/form.tsx';

type ErrorStateProps = {
  error: Error;
  /** what could not be done, where it is not a page that could not be loaded */
  title?: string;
  /** tries again; null: that would change nothing */
  reset?: (() => void) | null;
};

/** A page or a part of it that could not be had: why, and a way to try again. */
export function ErrorState({ error, title = 'This could not be loaded', reset }: ErrorStateProps) {
  return (
    <div
      role="alert"
      className="mx-auto my-8 max-w-xl rounded-lg border border-line bg-surface p-6 text-center"
    >
      <TriangleAlert aria-hidden className="mx-auto size-7 text-danger" />
      <h2 className="mt-2 font-semibold">{title}</h2>
      <p className="mt-1 text-muted text-sm">{error.message}</p>
      {reset !== null && (
        <div className="mt-4 flex justify-center">
          <Button onClick={reset ?? (() => window.location.reload())}>Try again</Button>
        </div>
      )}
    </div>
  );
}

/** Why something that was asked for was not done; nothing where there is no error, or where fields of the form show it. */
export function FailureNote({ error }: { error: Error | null }) {
  const text = useUnshown(error);
  if (text === null) return null;
  return (
    <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger text-sm">
      {text}
    </p>
  );
}
