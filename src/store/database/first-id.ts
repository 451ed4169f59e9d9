/** The smallest uuid v7 of an instant's millisecond: ids are in order of receipt, so their index serves time, too. */
export function firstIdAt(instant: string | number): string {
  const epochMs = typeof instant === 'number' ? instant : Date.parse(instant);
  const hex = Math.max(epochMs, 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
