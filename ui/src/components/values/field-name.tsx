import { createContext, use } from 'react';

/** How the pages name and write a field, by its name in the API. */
export type FieldLook = { label: string; type: string };
export const FieldLooks = createContext<ReadonlyMap<string, FieldLook>>(new Map());

const tagPrefix = 'tags.';
/** What a change may name besides fields of the table. */
const otherLabels: Readonly<Record<string, string>> = {
  state: 'State',
  call_log_id: 'Call id',
  parent_call_log_id: 'Id of the parent call',
  happened_at: 'Time of the event',
  transaction_id: 'Transaction id',
  lifespan_seconds: 'Lifespan',
  phone_number: 'Caller',
  add: 'Tags to add',
  remove: 'Tags to remove',
  other_ids: 'Other ids',
};

/** Returns the label of a field by its name in the API; the name itself where the table does not know it. */
export function useFieldLabel(): (name: string) => string {
  const looks = use(FieldLooks);
  return (name) => looks.get(name)?.label ?? otherLabels[name] ?? name;
}

/** A field by its label; a tag by its key. */
export function FieldName({ field }: { field: string }) {
  const labelOf = useFieldLabel();
  const isTag = field.startsWith(tagPrefix);
  return (
    <span className="min-w-0 break-words text-muted">
      {isTag && 'Tag '}
      <bdi>{isTag ? field.slice(tagPrefix.length) : labelOf(field)}</bdi>
    </span>
  );
}
