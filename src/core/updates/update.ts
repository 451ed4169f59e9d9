import { emptyTags, type Tags } from '../values/tags.ts';
import {
  type FieldValue,
  type UpdateFieldName,
  type UpdateValue,
  updateFieldNames,
} from './fields/fields.ts';

/**
 * The typed content of a postback: fields to set (null clears), tags to add, tag keys to remove.
 * An absent field is left as it is. Values are canonical: money as text, instants in UTC.
 */
export type Update = {
  set: Partial<Record<UpdateFieldName, UpdateValue>>;
  add: Tags;
  /** sorted, each key once */
  remove: string[];
};

/** The update as it is logged, stored and compared: equal updates have equal texts. */
export type UpdateJson = Partial<Record<UpdateFieldName, UpdateValue>> & {
  add?: Tags;
  remove?: string[];
  /** what a webhook of type `calls` received, in place of an update */
  event?: Record<string, FieldValue | Tags>;
};

/** Canonical JSON: fields in table order, tag keys sorted, what is absent left out. */
export function updateToJson({ set, add, remove }: Update): UpdateJson {
  const json: UpdateJson = {};
  for (const name of updateFieldNames) {
    const value = set[name];
    if (value !== undefined) json[name] = value;
  }
  const keys = Object.keys(add);
  if (keys.length > 0) json.add = keys.length === 1 ? add : sortKeys(add, keys);
  if (remove.length > 0) json.remove = remove;
  return json;
}

/** The inverse of `updateToJson`, for updates that waited in the database. */
export function updateFromJson({ add, remove, event: _event, ...set }: UpdateJson): Update {
  return { set, add: Object.assign(emptyTags(), add), remove: remove ?? [] };
}

function sortKeys(tags: Tags, keys: string[]): Tags {
  const sorted = emptyTags();
  for (const key of keys.sort()) sorted[key] = tags[key] ?? '';
  return sorted;
}
