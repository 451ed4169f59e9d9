/** Days and times as people type them: `2026-11-27`, `2026-11-27 09:05`, `2026-11-27 09:05:31`. */

const format = /^(\d{4}-\d\d-\d\d)(?:[ T]+(\d\d:\d\d)(:\d\d)?)?$/;

/** The value that a text means: empty for none, null for what is no such day or time. */
export function parseDateText(text: string, hasTime: boolean): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const [, day, minute, second = ''] = format.exec(trimmed) ?? [];
  if (day === undefined || (minute !== undefined && !hasTime)) return null;
  const value = hasTime ? `${day}T${minute ?? '00:00'}${second}` : day;
  const at = Date.parse(`${value}Z`.replace(/^(.{10})Z$/, '$1T00:00Z'));
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value) ? value : null;
}

export function writeDateText(value: string): string {
  return value.replace('T', ' ');
}
