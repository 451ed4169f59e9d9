/** The rows of a mapping as the editor changes them. The mapping itself is the only state: there is no second form of it. */
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';

export type MappingJson = NonNullable<WebhookJson['mapping']>;
type AnyRow = MappingJson['fields'][string];
export type RowJson = Exclude<AnyRow, string | null | unknown[]>;
export type Constant = NonNullable<RowJson['words']>[string];

export type ConditionJson = NonNullable<MappingJson['only_when']>[number];

export const emptyMapping: MappingJson = { fields: {} };

/** The rows of a field in their order, of which the first counts that reads something; none for a field without a row. */
export function alternativesOf(row: AnyRow | undefined): RowJson[] {
  return [row ?? []].flat().map((one) => (typeof one === 'string' ? { from: one } : one));
}

export function sourcesOf({ from }: RowJson): string[] {
  return from === undefined ? [] : [from].flat();
}

/** Every source of a row, with its alternatives, for one line that describes it. */
export function describeRow(row: AnyRow | undefined): string {
  const rows = [row ?? []].flat();
  const parts = rows.flatMap((one) => {
    if (typeof one === 'string') return [one];
    return one.from === undefined ? [`always ${String(one.value)}`] : sourcesOf(one);
  });
  return [...new Set(parts)].join(', ');
}

export function withRow(mapping: MappingJson, name: string, row: AnyRow | undefined): MappingJson {
  const { [name]: _before, ...others } = mapping.fields;
  const shortened = row === undefined ? undefined : shorten(row);
  return { ...mapping, fields: shortened === undefined ? others : { ...mapping.fields, [name]: shortened } };
}

function shorten(row: AnyRow): AnyRow | undefined {
  if (!Array.isArray(row)) return row === null ? null : shortenOne(row);
  const rows = row.map(shortenOne);
  return rows.length > 1 ? rows : rows[0];
}

/** A row with nothing but one source is written as that source. */
function shortenOne(row: RowJson | string): RowJson | string {
  if (typeof row === 'string') return row;
  const { from, ...options } = row;
  if (from === undefined || Object.keys(options).length > 0) return row;
  const [first, ...more] = [from].flat();
  return first !== undefined && more.length === 0 ? first : row;
}

/** A key with undefined is removed. */
export type RowChanges = { [Key in keyof RowJson]: RowJson[Key] | undefined };

export function changeRow(row: RowJson, changes: RowChanges): RowJson {
  const next = Object.entries({ ...row, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(next);
}

/** Null where there is nothing in it: the webhook then has no mapping of its own. */
export function mappingToSave(mapping: MappingJson): MappingJson | null {
  const { fields, ...rest } = mapping;
  return Object.keys(fields).length === 0 && Object.keys(rest).length === 0 ? null : mapping;
}

/** The own names of fields in place of their aliases, so that each field has one row in the form. */
export function withOwnNames(mapping: MappingJson, aliases: ReadonlyMap<string, string>): MappingJson {
  const fields = Object.entries(mapping.fields).map(([name, row]) => [aliases.get(name) ?? name, row]);
  return { ...mapping, fields: Object.fromEntries(fields) };
}
