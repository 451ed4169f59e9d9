/**
 * Writes instants as RFC 3339 in a time zone, with its offset: `2026-11-01T06:00:00.000-04:00`, and `Z` in UTC.
 * The offset is looked up once for each quarter of an hour: zones change theirs at none but these.
 */
const quarterMs = 15 * 60_000;

export function zonedInstantWriter(timeZone: string): (instant: string) => string {
  if (timeZone === 'UTC') return (instant) => instant;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, Offset>();
  return (instant) => {
    const ms = Date.parse(instant);
    const quarter = Math.floor(ms / quarterMs);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = readOffset(format, quarter * quarterMs);
      offsets.set(quarter, offset);
    }
    return `${new Date(ms + offset.ms).toISOString().slice(0, -1)}${offset.text}`;
  };
}

type Offset = { ms: number; text: string };

/** `GMT-04:00`, or `GMT` alone; years before standard time have seconds too, which RFC 3339 cannot say. */
function readOffset(format: Intl.DateTimeFormat, at: number): Offset {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '', minutes = ''] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (sign === undefined || ms === 0) return { ms: 0, text: 'Z' };
  return { ms: sign === '-' ? -ms : ms, text: `${sign}${hours}:${minutes}` };
}
