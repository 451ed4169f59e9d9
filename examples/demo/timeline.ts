import type { TimelineItemJson } from '../../src/http/operator/calls/call-schemas.ts';

/** What a new call is made with is shown in the table of calls. */
const shownOfCalls = new Set(['state', 'answered_at', 'end_status', 'duration_seconds']);

/** One line for each thing that happened, oldest first. */
export function timelineLines(items: TimelineItemJson[]): string[] {
  const completedAt = items.findIndex(({ kind }) => kind === 'completed');
  return items.map((item, at) => {
    const waited = at < completedAt && item.status === 'applied';
    const what =
      item.kind === 'postback' ? `${item.status}${waited ? ' at the end of the call' : ''}` : item.kind;
    const code = item.code === undefined ? '' : `: ${item.code}`;
    return `  ${item.at.slice(11, 23)}  ${item.by.padEnd(21)}  ${what}${code}${describeChanges(item)}`;
  });
}

function describeChanges({ kind, changes }: TimelineItemJson): string {
  const shown = Object.entries(changes).filter(([field]) => kind === 'postback' || shownOfCalls.has(field));
  const texts = shown.map(([field, { from, to }]) =>
    from === null || from === undefined ? `${field} ${show(to)}` : `${field} ${show(from)} -> ${show(to)}`,
  );
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

/** Times of day without their date: it is today's. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(11, 19) : value;
}
