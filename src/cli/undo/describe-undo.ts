/** Responses to an undo as lines for a person. */
import { isJsonObject } from '../../core/values/json/json.ts';
import type { Json } from '../api-client.ts';
import { count } from '../files/progress.ts';

const linesMax = 20;

/** One postback. */
export function describeOne(answer: Json): string[] {
  const would = answer['dry_run'] === true ? 'Would be undone' : 'Undone';
  const changes = Object.entries(isJsonObject(answer['changes']) ? answer['changes'] : {});
  return [
    ...(answer['canceled'] === true ? [`${would}: it had not been applied yet, and is canceled.`] : []),
    ...changes.map(([field, change]) => `${would}: ${field} ${describeChange(change)}`),
    ...describeLeft(answer['changed_since']),
    ...(answer['duplicate'] === true ? ['It was undone before; nothing was done now.'] : []),
    ...(answer['status'] === 'unchanged' ? ['No field was changed.'] : []),
  ];
}

/** All postbacks of a period, batch or import. */
export function describeSummary(answer: Json): string[] {
  const would = answer['dry_run'] === true ? 'would be undone' : 'undone';
  const numberOf = (name: string) => Number(answer[name] ?? 0);
  const sums = Object.entries(isJsonObject(answer['sums']) ? answer['sums'] : {});
  const left = numberOf('changed_since_count');
  return [
    `${count(numberOf('postbacks'))} postbacks for ${count(numberOf('calls'))} calls ${would}: ${count(numberOf('applied'))} change a call, ${count(numberOf('unchanged'))} change nothing, ${count(numberOf('canceled'))} were queued or waiting.`,
    ...sums.map(([field, change]) => `${field}: ${change} in total`),
    ...(left > 0 ? [`${count(left)} fields are left unchanged, because they were changed since:`] : []),
    ...describeLeft(answer['changed_since']),
  ];
}

function describeChange(change: unknown): string {
  const { from = null, to = null } = isJsonObject(change) ? change : {};
  return `${JSON.stringify(from)} → ${JSON.stringify(to)}`;
}

function describeLeft(changedSince: unknown): string[] {
  const left = Array.isArray(changedSince) ? changedSince.filter(isJsonObject) : [];
  const lines = left.slice(0, linesMax).map(({ field, call_log_id: call, by, at }) => {
    const of = call === undefined ? '' : ` of ${call}`;
    return `Left unchanged: ${field}${of}, set by ${by} at ${at}`;
  });
  return left.length > linesMax ? [...lines, `… and ${count(left.length - linesMax)} more`] : lines;
}
