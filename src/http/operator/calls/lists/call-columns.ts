import { eventFields, type Field, updateFields } from '../../../../core/updates/fields/fields.ts';
import type { CallJson } from '../call-schemas.ts';
import { callRecordNames } from '../call-schemas.ts';

export type CallColumn = { name: string; cellOf(call: CallJson): unknown };

const tagPrefix = 'tags.';

type WriteInstant = (instant: string) => string;

const instantNames = new Set<string>(
  Object.entries<Field>({ ...eventFields, ...updateFields })
    .filter(([, { column }]) => column === 'timestamptz')
    .map(([name]) => name)
    .concat('created_at', 'updated_at'),
);

/** All there is to tell of a call, tags as JSON in one column. */
function listCallColumns(writeInstant: WriteInstant): CallColumn[] {
  return callRecordNames.map((name) => ({
    name,
    cellOf: (call) => {
      const value = call[name];
      return instantNames.has(name) && typeof value === 'string' ? writeInstant(value) : value;
    },
  }));
}

/**
 * Reads which columns are wanted: names with commas between them, or one a text; `tags.KEY` is the value of one tag,
 * and takes a separate text where the key has a comma; `*` is every member of a call.
 * @param writeInstant writes the times of the file
 * @returns the name of a column that there is not, where there is one
 */
export function readCallColumns(texts: readonly string[], writeInstant: WriteInstant): CallColumn[] | string {
  const allCallColumns = listCallColumns(writeInstant);
  const names = texts.flatMap((text) => (text.startsWith(tagPrefix) ? [text] : text.split(',')));
  const columns: CallColumn[] = [];
  const all = allCallColumns.map(({ name }) => name);
  const wanted = names.map((text) => text.trim()).flatMap((name) => (name === '*' ? all : [name]));
  for (const name of new Set(wanted.filter((one) => one !== ''))) {
    const column = name.startsWith(tagPrefix)
      ? tagColumn(name)
      : allCallColumns.find((one) => one.name === name);
    if (column === undefined) return name;
    columns.push(column);
  }
  return columns.length > 0 ? columns : allCallColumns;
}

function tagColumn(name: string): CallColumn {
  const key = name.slice(tagPrefix.length);
  return { name, cellOf: ({ tags }) => (Object.hasOwn(tags, key) ? tags[key] : null) };
}
