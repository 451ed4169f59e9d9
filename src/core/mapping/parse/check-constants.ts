/** Constants and the meanings of words are read when the mapping is saved, not only when a request comes. */
import { type Field, type ReadContext, updateFields } from '../../updates/fields/fields.ts';
import { Invalid } from '../../values/fault.ts';
import type { MappingRow } from '../mapping.ts';
import { pointerToken } from '../pointer.ts';
import type { MappingFaults } from './mapping-faults.ts';

const fields: Record<string, Field> = updateFields;
/** None of the fields that are checked depends on it. */
const anyContext: ReadContext = {
  timeZone: 'UTC',
  defaultCountry: 'US',
  receivedAt: '1970-01-01T00:00:00.000Z',
};

/** @param at pointer of the row */
export function checkConstants(
  { field: name, content, words, otherwise }: MappingRow,
  at: string,
  faults: MappingFaults,
): void {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined || field.column === 'timestamptz') return;
  const check = (value: unknown, pointer: string) => {
    if (value === null && field.isNullable) return;
    const read = field.read(value, anyContext);
    if (read instanceof Invalid) faults.add(pointer, `${name} cannot have this value. ${read.detail}`);
  };
  if ('constant' in content) check(content.constant, `${at}/value`);
  for (const [word, value] of words ?? []) check(value, `${at}/words${pointerToken(word)}`);
  if (typeof otherwise === 'object') check(otherwise.value, `${at}/else`);
}
