import Type, { type Static } from 'typebox';
import { fileQuery } from '../../files/file-schemas.ts';
import { nullable, oneOf, optional } from '../value-schemas.ts';

export const inspectionQuery = Type.Object(
  optional({ delimiter: fileQuery.delimiter, header_line: fileQuery.header_line }),
);

const line = Type.Object({
  line: Type.Integer({ description: 'counted from 1' }),
  cells: Type.Array(Type.String()),
});

export const inspectionJson = Type.Object({
  format: oneOf(['csv', 'ndjson']),
  delimiter: nullable(oneOf(['comma', 'semicolon', 'tab'], { description: 'null for NDJSON' })),
  header_line: nullable(Type.Integer({ description: 'as sent, or the line that looks like the header' })),
  amounts: nullable(
    oneOf(['point', 'comma'], { description: 'the decimal mark; null where the file does not tell' }),
  ),
  dates: nullable(
    oneOf(['us', 'eu'], {
      description: 'the order of day and month; null where the file does not tell, or needs none',
    }),
  ),
  ambiguous_date: nullable(
    Type.String({
      description: 'a date with two readings: ask a person for the order',
      examples: ['01/02/2026'],
    }),
  ),
  zone: nullable(Type.String({ description: 'the time zone that the file states' })),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      samples: Type.Array(Type.String(), { description: 'up to three different cells' }),
      field: nullable(
        Type.String({
          description:
            'the field that the name probably means; amount and started_at are those of a statement',
        }),
      ),
      looks: oneOf(['money', 'time', 'other']),
      words: Type.Array(Type.String(), { description: 'all different cells, where they are at most 12' }),
    }),
  ),
  lines: Type.Array(line, { description: 'the first lines, to choose the header from' }),
  rows: Type.Array(line, { description: 'the first rows behind the header' }),
});
export type InspectionJson = Static<typeof inspectionJson>;
