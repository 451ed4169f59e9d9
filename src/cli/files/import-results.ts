/** The answers of an import as a file: one line a row, with a column for before and one for after of every field. */
import { updateFieldNames } from '../../core/updates/fields/fields.ts';
import { isJsonObject } from '../../core/values/json/json.ts';
import type { Json } from '../api-client.ts';

const tagPrefix = 'tags.';

export const resultColumns = [
  'row',
  'line',
  'status',
  'code',
  'detail',
  'duplicate',
  'call_log_id',
  ...[...updateFieldNames, 'tags'].flatMap((name) => [`${name}_before`, `${name}_after`]),
];

/** One answer as the cells of its line. */
export function resultCells(answer: Json): Json {
  const { row, line, status, code, call_log_id: call } = answer;
  const cells: Json = { row, line, status, code, call_log_id: call };
  cells['duplicate'] = answer['duplicate'] === true ? 'yes' : '';
  cells['detail'] = detailOf(answer);
  const tags: Record<'from' | 'to', string[]> = { from: [], to: [] };
  for (const [field, change] of Object.entries(isJsonObject(answer['changes']) ? answer['changes'] : {})) {
    if (!isJsonObject(change)) continue;
    if (field.startsWith(tagPrefix)) {
      const key = field.slice(tagPrefix.length);
      for (const side of ['from', 'to'] as const) {
        if (change[side] !== null) tags[side].push(`${key}: ${change[side]}`);
      }
    } else {
      cells[`${field}_before`] = textOf(change['from']);
      cells[`${field}_after`] = textOf(change['to']);
    }
  }
  return { ...cells, tags_before: tags.from.join('; '), tags_after: tags.to.join('; ') };
}

/** Every fault of a rejected row, not only the first. */
function detailOf({ errors, detail }: Json): string {
  const faults = (Array.isArray(errors) ? errors : []).filter(isJsonObject);
  if (faults.length === 0) return typeof detail === 'string' ? detail : '';
  return faults.map((fault) => [fault['field'], fault['detail']].filter(Boolean).join(': ')).join(' ');
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
