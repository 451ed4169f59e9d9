import type { CallJson } from './call-schemas.ts';
import { callRecordNames } from './call-schemas.ts';

export type CallColumn = { name: string; cellOf(call: CallJson): unknown };

const tagPrefix = 'tags.';

/** All there is to tell of a call, tags as JSON in one column. */
const allCallColumns: CallColumn[] = callRecordNames.map((name) => ({
  name,
  cellOf: (call) => call[name],
}));

/**
 * Reads which columns are wanted: names with commas between them, or one a text; `tags.KEY` is the value of one tag,
 * and takes a text of its own where the key has a comma; `*` is every member of a call.
 * @returns the name of a column that there is not, where there is one
 */
export function readCallColumns(texts: readonly string[]): CallColumn[] | string {
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
