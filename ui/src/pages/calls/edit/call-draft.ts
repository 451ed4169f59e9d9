import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import type { FieldJson } from '../../../api/fields.ts';
import { readFieldValue } from '../field-value.ts';

/** The form of a change by hand: every value as text, as it was typed. */
export type CallDraft = {
  /** by field */
  values: Readonly<Record<string, string>>;
  removed: readonly string[];
  added: readonly { id: number; key: string; value: string }[];
};

/**
 * @param fields those that a change by hand may set
 * @param localTime writes an instant as local time of the account, as the form's inputs have it
 */
export function draftOf(
  call: CallJson,
  fields: readonly FieldJson[],
  localTime: (at: string) => string,
): CallDraft {
  const values = fields.map(({ name, type }): [string, string] => {
    const value = readFieldValue(call, name);
    if (value === null) return [name, ''];
    return [name, type === 'time' ? localTime(String(value)) : String(value)];
  });
  return { values: Object.fromEntries(values), removed: [], added: [] };
}

/** An input for local times leaves the seconds out where they are 0; the API needs them. */
function withSeconds(text: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00` : text;
}

/**
 * The body of the request: only what was changed, so that a field that somebody else changes meanwhile stays.
 * An empty text clears a field; where a field cannot be cleared, the server says so.
 */
export function changeOf(
  draft: CallDraft,
  before: CallDraft,
  fields: readonly FieldJson[],
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, is_nullable: isNullable } of fields) {
    const text = withSeconds((draft.values[name] ?? '').trim());
    if (text !== before.values[name]?.trim()) body[name] = text === '' && isNullable ? null : text;
  }
  const added = draft.added.filter(({ key }) => key.trim() !== '');
  if (added.length > 0) body['add'] = added.map(({ key, value }) => ({ key, value }));
  if (draft.removed.length > 0) body['remove'] = draft.removed;
  return body;
}
