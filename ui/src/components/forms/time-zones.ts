/** `America/New_York (UTC−05:00)`, with the offset of that moment. */
export function zoneLabel(timeZone: string, now: number): string {
  const offset = offsetOf(timeZone, now);
  return timeZone === 'UTC' ? timeZone : `${timeZone} (${offset})`;
}

/** `UTC−05:00` */
function offsetOf(timeZone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  return name.replace('GMT', 'UTC').replace('-', '−');
}

/** What the browser knows, and `chosen`, for it may know fewer than the server. */
export function knownTimeZones(chosen: string): string[] {
  return [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/** The zone that this browser is in. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
