import { RequestFailed } from './request.ts';

/** What the server says is wrong, by field. */
export function fieldErrors(error: Error | null): Record<string, string> {
  const errors = error instanceof RequestFailed ? (error.problem?.errors ?? []) : [];
  return Object.fromEntries(
    errors.flatMap(({ field, detail }) => (field === null ? [] : [[baseOf(field), detail]])),
  );
}

/** `headers.Authorization` is shown at the headers, one address at the list of them. */
function baseOf(field: string): string {
  return /^(?:headers|allowed_addresses)/.exec(field)?.[0] ?? field;
}

/** The error, unless each of its faults is shown at one of these fields. */
export function errorBeside(error: Error | null, fields: readonly string[]): Error | null {
  const wrong = Object.keys(fieldErrors(error));
  return wrong.length > 0 && wrong.every((field) => fields.includes(field)) ? null : error;
}
