import { eventFields, type Field, updateFields } from '../updates/fields/fields.ts';
import type { CellKind } from './cell-formats.ts';

const fields: ReadonlyMap<string, Field> = new Map(
  Object.entries<Field>({ ...updateFields, ...eventFields }),
);

/** What the cells of a column are that means this field. */
export function cellKindOf(field: string): CellKind {
  const type = fields.get(field)?.type;
  return type === 'money' || type === 'time' ? type : 'other';
}
