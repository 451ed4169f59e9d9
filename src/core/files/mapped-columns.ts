import type { Condition, Mapping, MappingRow, MappingSource } from '../mapping/mapping.ts';
import { reject } from '../updates/rejection.ts';
import type { CellKind } from './cell-formats.ts';
import type { ColumnRules } from './columns.ts';
import { cellKindOf } from './field-kind.ts';

const callFields = ['call_log_id', 'phone_number'];

/**
 * What the columns of a file mean under a mapping: those that it reads, by their own names, and of the others those
 * whose fields have no row in it.
 * @param own what columns mean without a mapping
 */
export function mappedColumns({ rows, onlyWhen }: Mapping, own: ColumnRules): ColumnRules {
  const kinds = new Map<string, CellKind>();
  for (const name of namesOf(conditionSources(onlyWhen))) kinds.set(name, 'other');
  for (const row of rows) {
    for (const name of namesOf(conditionSources(row.when))) if (!kinds.has(name)) kinds.set(name, 'other');
    for (const name of namesOf(sourcesOf(row))) {
      if (!kinds.has(name) || kinds.get(name) === 'other') kinds.set(name, kindOfRow(row));
    }
  }
  const mapped = new Set(rows.flatMap(({ name, field }) => [name, field]));
  const callRows = rows.filter(({ field }) => callFields.includes(field));
  const meaningOf = (name: string) => {
    if (kinds.has(name)) return columnMeaning(name);
    const meaning = own.meaningOf(name);
    return meaning === undefined || mapped.has(meaning) ? undefined : meaning;
  };
  return {
    names: own.names,
    meaningOf,
    meantBy: () => undefined,
    kindOf: (meaning) => kinds.get(meaning.slice(columnPrefix.length)) ?? own.kindOf(meaning),
    reject(meanings, columns) {
      const isConstant = callRows.some(({ content }) => 'constant' in content);
      const callColumns = callRows.flatMap((row) => namesOf(sourcesOf(row)));
      const isNamed =
        callColumns.some((name) => meanings.has(columnMeaning(name))) ||
        callFields.some((name) => meanings.has(name));
      if (isConstant || isNamed) return null;
      const wanted = callColumns.map((name) => `"${name}"`).join(' or ');
      const detail =
        wanted === ''
          ? `The mapping does not name the call: add a row for call_log_id or phone_number. The header has ${columns}.`
          : `The file has no column ${wanted}, from which the mapping reads the call. The header has ${columns}.`;
      return reject('call_not_identified', detail);
    },
  };
}

/** Keeps columns that a mapping reads apart from the names of fields. */
const columnPrefix = 'column ';

function columnMeaning(name: string): string {
  return `${columnPrefix}${name}`;
}

function conditionSources(conditions: readonly Condition[]): MappingSource[] {
  return conditions.flatMap(({ sources }) => [...sources]);
}

function sourcesOf({ content }: MappingRow): readonly MappingSource[] {
  return 'sources' in content ? content.sources : [];
}

function namesOf(sources: readonly MappingSource[]): string[] {
  return sources.flatMap((source) => {
    if (source.kind === 'parameter') return [source.name];
    return source.kind === 'pointer' && source.path.length === 1 ? [...source.path] : [];
  });
}

/** A row with its own format reads the cell as it is. */
function kindOfRow({ field, conversion, words, join }: MappingRow): CellKind {
  return conversion !== null || words !== null || join !== null ? 'other' : cellKindOf(field);
}
