/** The documentation that routes with files share. */
import Type, { type TSchema } from 'typebox';
import { oneOf } from '../operator/value-schemas.ts';
import { delimiterWords, fileTypes } from './file-request.ts';

/** Of every route that takes a file. */
export const fileQuery = {
  map: Type.Union([Type.String(), Type.Array(Type.String())], {
    description: 'COLUMN=FIELD, as often as there are columns to map; COLUMN= leaves a column out',
    examples: ['Payout=publisher_paid_out'],
  }),
  delimiter: oneOf(delimiterWords, { description: 'found by the header if left out' }),
};

/** A file as the body of a request. */
export const fileBody = {
  content: Object.fromEntries(
    fileTypes.map((type) => [type, { schema: Type.String({ description: 'in UTF-8' }) }]),
  ),
};

/** Lines as the answer to a file. */
export function linesOf(description: string, lines: TSchema[]) {
  return { description, content: { 'application/x-ndjson': { schema: Type.Union(lines) } } };
}
