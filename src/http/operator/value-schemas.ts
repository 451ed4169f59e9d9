/** Words that the schemas of the wire are made of. */

import Type, { type Static, type TObjectOptions, type TSchema } from 'typebox';
import { nameCharsMax } from '../../core/values/text/text.ts';

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const oneOf = <T extends string>(values: readonly T[], options = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options });
/** An object whose members, of any name, have values of this schema. `Type.Record` checks no name with a line break in it. */
export const recordOf = <T extends TSchema>(value: T, options: TObjectOptions = {}) =>
  Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: value, ...options });
/** All members optional. */
export function optional(members: Record<string, TSchema>): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, Type.Optional(schema)]));
}

export const instant = Type.String({
  description: 'RFC 3339 in UTC',
  examples: ['2026-11-23T10:00:00.000Z'],
});
export const money = Type.String({ description: 'decimal text', examples: ['12.50'] });
export const tags = recordOf(Type.String());
export const changes = recordOf(Type.Object({ from: Type.Unknown(), to: Type.Unknown() }), {
  description: 'before and after by field; a tag is tags.KEY',
});
export const nameText = Type.String({ minLength: 1, maxLength: nameCharsMax, format: 'short-text' });
