/** Checks a mapping as a whole: every error is named by its pointer into the mapping. */
import { knownName } from '../../updates/fields/field-names.ts';
import type { WebhookTypeRow } from '../../updates/fields/webhook-type.ts';
import type { Fault } from '../../values/fault.ts';
import { isJsonObject } from '../../values/json/json.ts';
import type { Mapping, MappingRow } from '../mapping.ts';
import { parsePointer, pointerToken } from '../pointer.ts';
import { checkConstants } from './check-constants.ts';
import { MappingFaults, notAMapping } from './mapping-faults.ts';
import { parseConditions } from './parse-conditions.ts';
import { parseRow } from './parse-row.ts';

const rowsMax = 200;
const alternativesMax = 10;

/** @param json a mapping as `parseJson` gives it */
export function parseMapping(json: unknown, type: WebhookTypeRow): Mapping | Fault[] {
  const faults = new MappingFaults();
  if (!isJsonObject(json)) return [notAMapping()];
  faults.checkNames(json, '', ['each', 'only_when', 'fields']);
  const each = parseEach(json['each'], faults);
  const onlyWhen = parseConditions(json['only_when'], '/only_when', faults);
  const isOnlyAround = json['fields'] === undefined && (json['each'] ?? json['only_when']) !== undefined;
  const rows = isOnlyAround ? [] : parseRows(json['fields'], type, faults);
  return faults.list.length > 0 ? faults.list : { each, onlyWhen, rows };
}

function parseEach(each: unknown, faults: MappingFaults): string[] | null {
  if (each === undefined || each === null) return null;
  const path = typeof each === 'string' && each.length <= 500 ? parsePointer(each) : null;
  if (path === null)
    faults.add('/each', 'Write a JSON Pointer such as /data; an empty text is the whole body.');
  return path;
}

function parseRows(json: unknown, type: WebhookTypeRow, faults: MappingFaults): MappingRow[] {
  if (!isJsonObject(json)) {
    faults.add(
      '/fields',
      'Write an object of fields and where each is read from, such as {"call_log_id":"click_id"}.',
    );
    return [];
  }
  const rows: MappingRow[] = [];
  const names = Object.entries(json).filter(([, row]) => row !== null);
  if (names.length > rowsMax) faults.add('/fields', `Write at most ${rowsMax} rows.`);
  for (const [name, row] of names.slice(0, rowsMax)) {
    const at = `/fields${pointerToken(name)}`;
    const target = targetOf(name, type);
    if (target === null) {
      faults.add(at, `There is no field of this name. This webhook takes ${acceptedNames(type).join(', ')}.`);
      continue;
    }
    const before = rows.find(({ field, tagKey }) => field === target.field && tagKey === target.tagKey);
    if (before !== undefined)
      faults.add(at, `Write one row for this field: "${before.name}" is the same field.`);
    const alternatives = Array.isArray(row)
      ? row.map((one, index) => ({ one, at: `${at}/${index}` }))
      : [{ one: row, at }];
    if (alternatives.length === 0 || alternatives.length > alternativesMax) {
      faults.add(at, `Write 1 to ${alternativesMax} rows.`);
    }
    for (const alternative of alternatives.slice(0, alternativesMax)) {
      const parsed = { name, ...target, ...parseRow(alternative.one, alternative.at, faults) };
      checkConstants(parsed, alternative.at, faults);
      rows.push(parsed);
    }
  }
  return rows;
}

function targetOf(name: string, type: WebhookTypeRow): Pick<MappingRow, 'field' | 'tagKey'> | null {
  const key = name.startsWith('add.') ? name.slice('add.'.length).trim() : null;
  if (key !== null)
    return type.hasTags && key !== '' && key.length <= 100 ? { field: 'add', tagKey: key } : null;
  const field = knownName(name, false, type);
  return field === undefined ? null : { field, tagKey: null };
}

/** What a row may be named. */
function acceptedNames(type: WebhookTypeRow): string[] {
  const tags = type.hasTags ? ['add', 'remove', 'add.KEY'] : [];
  return ['call_log_id', 'phone_number', 'transaction_id', ...type.fields.keys(), ...tags];
}
