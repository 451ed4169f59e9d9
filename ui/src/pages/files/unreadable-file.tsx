import { isServerAway } from '../../api/request.ts';
import { ErrorState } from '../../components/states/error-state.tsx';

/** Why the server reads no rows from a file: another file helps, or the server once it is back. */
export function UnreadableFile({ error, retry }: { error: Error; retry(): void }) {
  if (isServerAway(error)) return <ErrorState error={error} reset={retry} />;
  return <ErrorState title="The file cannot be read" error={error} reset={null} />;
}
