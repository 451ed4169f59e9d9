/**
 * The smallest uuid v7 of a millisecond. Ids are in order of receipt, so their index serves periods, too.
 * @param at instant, or milliseconds since 1970
 */
export function firstIdAt(at: string | number): string {
  const epochMs = typeof at === 'number' ? Math.floor(at) : Date.parse(at);
  const hex = Math.max(epochMs, 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
