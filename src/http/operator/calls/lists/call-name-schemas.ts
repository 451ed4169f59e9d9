import Type from 'typebox';
import { listOf, page } from '../../list-schemas.ts';

export const namesQuery = Type.Object({
  ...page,
  q: Type.Optional(Type.String({ description: 'only names that hold this text, in upper or lower case' })),
});

/** A page may hold fewer names than it could, even none, where `q` is found in few of many: the next one looks on. */
export const namesAnswer = listOf(Type.String());
