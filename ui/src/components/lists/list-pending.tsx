import { ErrorState } from '../states/error-state.tsx';
import { TableSkeleton } from '../states/skeleton.tsx';

/** In the place of a list that has no page yet. What is on the page stays there while the server is away. */
export function ListPending({ error, reset }: { error: Error | null; reset(): void }) {
  return error === null ? <TableSkeleton /> : <ErrorState error={error} reset={reset} />;
}
