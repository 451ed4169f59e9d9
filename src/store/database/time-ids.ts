/** The smallest uuid v7 of a millisecond: ids are in order of receipt, so their index serves windows of time. */
export function firstIdAt(epochMs: number): string {
  const hex = Math.max(Math.floor(epochMs), 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
