/** The columns of a call, made from the table of fields: SQL lists, and rows to calls. */
import type { Call, CallState, CallValues, FoldedCall, LegFactName } from '../../core/calls/call.ts';
import {
  type EventFieldName,
  eventFieldNames,
  eventFields,
  type Field,
  type FieldValue,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
  updateFields,
} from '../../core/updates/fields/fields.ts';
import type { Tags } from '../../core/values/tags.ts';
import { parseColumn, parseInstant } from '../database/statements/column-types.ts';
import { notNull, type RowTexts } from '../database/statements/round-trip.ts';

export type CallRow = Record<UpdateFieldName, UpdateValue> &
  Record<EventFieldName, FieldValue> & {
    call_log_id: string;
    state: CallState;
    tags: Tags;
    leg_ids: string[] | null;
    leg_facts: LegFactName[] | null;
    queued_updates: number;
    created_at: string;
    updated_at: string;
  };

const allFields: Record<string, Field> = { ...eventFields, ...updateFields };

/** What the fold reads, from a table or alias. */
export const valueColumns = (alias: string) =>
  ['call_log_id', 'state', 'started_at', 'created_at', ...updateFieldNames, 'tags']
    .map((name) => `${alias}.${name}`)
    .join(', ');
/** A whole call, from a table or alias `c`. */
export const callColumns = [
  ...[
    'call_log_id',
    'state',
    ...eventFieldNames,
    ...updateFieldNames,
    'tags',
    'leg_ids',
    'leg_facts',
    'created_at',
    'updated_at',
  ].map((name) => `c.${name}`),
  `(select count(*)::int from postback p where p.account_id = $1 and p.call_log_id = c.call_log_id
     and p.status = 'queued' and not p.is_dry_run) as queued_updates`,
].join(', ');

/** `a, b, tags`: what an update writes. */
export const writtenColumns = [...updateFieldNames, 'tags'].join(', ');
/** `a = n.a, …` */
export const setFromN = [...updateFieldNames, 'tags'].map((name) => `${name} = n.${name}`).join(', ');
/** Column definitions for `json_to_recordset`. */
export const writtenDefinitions = [...definitions(updateFieldNames), 'tags jsonb'].join(', ');
export const eventColumns = eventFieldNames.join(', ');
export const eventDefinitions = definitions(eventFieldNames).join(', ');
export const setEventFromN = eventFieldNames.map((name) => `${name} = n.${name}`).join(', ');

function definitions(names: string[]): string[] {
  return names.map((name) => `${name} ${allFields[name]?.column}`);
}

const valueFields = updateFieldNames.map((name) => ({ name, parse: parseColumn[updateFields[name].column] }));

/** A row of `valueColumns`. */
export function readFoldedCall(texts: RowTexts): FoldedCall {
  const values: Record<string, FieldValue | Tags> = {};
  for (const [at, { name, parse }] of valueFields.entries()) {
    const text = texts[at + 4] ?? null;
    values[name] = text === null ? null : parse(text);
  }
  values['tags'] = JSON.parse(notNull(texts.at(-1)));
  const [callLogId, state, startedAt, createdAt] = texts;
  return {
    callLogId: notNull(callLogId),
    // The table of fields names the columns, and their types.
    ...{ state: state as CallState, values: values as CallValues },
    ...{ startedAt: parseInstant(notNull(startedAt)), createdAt: parseInstant(notNull(createdAt)) },
  };
}

/** The same of a row that the driver read. */
export function foldedCallOf(row: CallRow): FoldedCall {
  const values = { ...pick<UpdateFieldName, UpdateValue>(updateFieldNames, row), tags: row.tags };
  const start = { startedAt: String(row.started_at), createdAt: row.created_at };
  return { callLogId: row.call_log_id, state: row.state, values, ...start };
}

export function callOf(row: CallRow): Call {
  return {
    callLogId: row.call_log_id,
    state: row.state,
    facts: pick<EventFieldName, FieldValue>(eventFieldNames, row),
    values: { ...pick<UpdateFieldName, UpdateValue>(updateFieldNames, row), tags: row.tags },
    legIds: row.leg_ids ?? [],
    legFacts: row.leg_facts ?? [],
    queuedUpdates: row.queued_updates,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function pick<Name extends string, Value>(
  names: readonly Name[],
  from: Record<Name, Value>,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Record<Name, Value>; // every name is there
}
