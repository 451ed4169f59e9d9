/** Lists: pages, cursors, and what their queries share. */
import Type, { type TSchema } from 'typebox';
import { nullable } from './value-schemas.ts';

export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: nullable(Type.String()) });
export const limitMax = 500;
export const limitDefault = 50;
export const page = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: limitMax, description: `${limitDefault} if left out` }),
  ),
  cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
};

/** The queries of lists are documentation: `ListReader` reads them and tells every fault. */
export const pageQuery = Type.Object(page);
export const instantQuery = Type.Optional(
  Type.String({ description: 'RFC 3339, Unix time, or a day in the account’s time zone' }),
);
export const textQuery = Type.Optional(Type.String());
export const booleanQuery = Type.Optional(Type.Boolean());
