import { RequestFailed } from '../../api/request.ts';

/** What the server says is wrong, by field. */
export function fieldErrors(error: Error | null): Record<string, string> {
  const errors = error instanceof RequestFailed ? (error.problem?.errors ?? []) : [];
  return Object.fromEntries(
    errors.flatMap(({ field, detail }) => (field === null ? [] : [[baseOf(field), detail]])),
  );
}

/** `headers.Authorization` is shown at the headers. */
function baseOf(field: string): string {
  return field.startsWith('headers') ? 'headers' : field;
}
