/** Which column of a file means what: by its own name, or by the mapping that was asked for. */
import { type Rejection, reject, rejectFaults } from '../updates/rejection.ts';
import type { CellKind } from './cell-formats.ts';

/** What the columns of one kind of file may mean. */
export type ColumnRules = {
  /** what a name means; two names that mean the same may not both be there. Undefined for an unknown name */
  meaningOf(name: string): string | undefined;
  /** what several columns mean is left to the one who knows which of them are read */
  mayRepeat?: true;
  /** the name that a misspelling was probably meant to be */
  meantBy(name: string): string | undefined;
  /** what the cells of a column with this meaning are */
  kindOf(meaning: string): CellKind;
  /** for messages */
  names: readonly string[];
  /** what is wrong with a file that has no more than these meanings */
  reject(meanings: ReadonlySet<string>, columns: string): Rejection | null;
};

/** With a mapping, which names columns by their own names: every column is read. */
export const anyColumns: ColumnRules = {
  names: [],
  mayRepeat: true,
  meaningOf: (name) => name,
  meantBy: () => undefined,
  kindOf: () => 'other',
  reject: () => null,
};

/** From a column's name to our name for it; empty: the column is left out. */
export type Mapping = ReadonlyMap<string, string>;

export type Columns = {
  /** the position of a column, and our name for it */
  used: { at: number; name: string; kind: CellKind }[];
  /** names of the columns that mean nothing */
  ignored: string[];
};

/** Reads mappings such as `Payout=publisher_paid_out`. */
export function readMapping(texts: readonly string[], rules: ColumnRules): Mapping | Rejection {
  const mapping = new Map<string, string>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const column = text.slice(0, at).trim();
    const name = text.slice(at + 1).trim();
    if (at === -1 || column === '') {
      return rejectMap(`Write "${text}" as COLUMN=FIELD, such as Payout=publisher_paid_out.`);
    }
    if (name !== '' && rules.meaningOf(name) === undefined) {
      const detail = `There is no field "${name}" here: map "${column}" to one of ${rules.names.join(', ')}.`;
      return rejectFaults([{ field: 'map', code: 'unknown_field', detail }]);
    }
    if (mapping.has(column)) return rejectMap(`The column "${column}" is mapped twice: map it once.`);
    mapping.set(column, name);
  }
  return mapping;
}

/** Finds out what the columns of a header mean. */
export function matchColumns(header: string[], mapping: Mapping, rules: ColumnRules): Columns | Rejection {
  const all = header.map((name) => `"${name}"`).join(', ');
  const missing = [...mapping.keys()].find((column) => !header.includes(column));
  if (missing !== undefined) return rejectMap(`The file has no column "${missing}". Its header has ${all}.`);
  const used: Columns['used'] = [];
  const ignored: string[] = [];
  const columnsByMeaning = new Map<string, string>();
  for (const [at, column] of header.entries()) {
    const name = mapping.get(column) ?? column;
    const meaning = name === '' ? undefined : rules.meaningOf(name);
    const meant = meaning === undefined && name !== '' ? rules.meantBy(name) : undefined;
    if (meant !== undefined) return rejectMisspelt(column, meant);
    if (meaning === undefined) {
      if (column !== '') ignored.push(column);
      continue;
    }
    const other = columnsByMeaning.get(meaning);
    if (other !== undefined && rules.mayRepeat !== true) return rejectTwo(other, column, meaning);
    columnsByMeaning.set(meaning, column);
    used.push({ at, name, kind: rules.kindOf(meaning) });
  }
  return rules.reject(new Set(columnsByMeaning.keys()), all) ?? { used, ignored };
}

function rejectMisspelt(column: string, meant: string): Rejection {
  const detail = `Does the column "${column}" mean ${meant}? Map it ("${column}=${meant}"), or to nothing ("${column}=").`;
  return rejectFaults([{ field: 'map', code: 'unknown_field', detail }]);
}

function rejectTwo(one: string, other: string, meaning: string): Rejection {
  const detail =
    one === other
      ? `Two columns are called "${one}": give them different names.`
      : `The columns "${one}" and "${other}" both mean ${meaning}: leave one out by mapping it to nothing ("${other}=").`;
  return reject('conflicting_field', detail);
}

function rejectMap(detail: string): Rejection {
  return rejectFaults([{ field: 'map', code: 'invalid_value', detail }]);
}
