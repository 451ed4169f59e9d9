/** What an error says. One without a message has several in it: a host with several addresses fails with one for each. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof AggregateError) || error.message !== '') return error.message;
  return [...new Set(error.errors.map(reasonOf))].join('; ');
}
