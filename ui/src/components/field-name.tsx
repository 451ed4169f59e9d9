import { createContext, use } from 'react';

/** The names that people read, by the names of the API. */
export const FieldLabels = createContext<ReadonlyMap<string, string>>(new Map());

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
  const labels = use(FieldLabels);
  return (name) => labels.get(name) ?? otherLabels[name] ?? name;
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
