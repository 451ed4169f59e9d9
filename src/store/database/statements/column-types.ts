/** What the text of a column means, by its SQL type. */
import pg from 'pg';
import type { Field, FieldValue } from '../../../core/updates/fields/fields.ts';
import { parseStoredJson } from '../../../core/values/json/json.ts';
import { formatMoney } from '../../../core/values/money/money.ts';

/** For rows that are read without the driver's help. */
export const parseColumn: Record<Exclude<Field['column'], 'text[]'>, (text: string) => FieldValue> = {
  boolean: (text) => text === 't',
  integer: Number,
  numeric: formatMoney,
  text: (text) => text,
  timestamptz: parseInstant,
};

const parsers: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.TIMESTAMPTZ]: parseInstant,
  [pg.types.builtins.NUMERIC]: formatMoney,
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.JSON]: parseStoredJson,
};

/** For rows that the driver reads. */
export const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return parsers[oid] ?? pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig; // pg types the method's overloads one by one

/** `2026-11-23 10:00:00.5+00` → `2026-11-23T10:00:00.500Z`. Ringback stores milliseconds, never less. */
export function parseInstant(text: string): string {
  const fraction = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
