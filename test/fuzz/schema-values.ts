/** Values for a JSON schema: mostly as it says, often hostile. */
import fc from 'fast-check';
import { codePoint } from '../../src/core/values/text/code-point.arbitrary.ts';

/** The parts of a schema that the document uses. */
export type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
};

/** Texts that are trouble somewhere: in SQL, in HTML, in a spreadsheet, in a path, in Unicode, in a parser. */
const hostileTexts = [
  ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udc00b', '\ufffe\uffff', '😀'.repeat(200), 'x'.repeat(5_000)],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '-1', '1e999', '9'.repeat(40)],
  ...[
    "'; drop table call; --",
    "' or 1=1 --",
    '1; select pg_sleep(9)',
    '\\',
    '"',
    '$1',
    '%',
    '_',
    '%00',
    "E'\\x00'",
  ],
  ...['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'javascript:alert(1)', '{{7*7}}'],
  ...['=1+1', '@SUM(A1)', '+cmd|calc', '-2+3', '\t=1', '\r\nX-Injected: 1'],
  ...['..', '../../etc/passwd', '..%2f..%2fetc%2fpasswd', '/etc/passwd', 'C:\\windows', '%2e%2e%2f'],
  ...['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00Z', '-infinity', '+1', '(212) 555-0100', '٣٤٥'],
];
const numbers = [0, -0, 1, -1, 0.1, 1e300, 1e-300, 2 ** 53, -(2 ** 63), 12.345_67, 99_999_999.999_9];

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: codePoint, maxLength: 40 }) },
);

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(...numbers, null, true, false, [], {}, [[]], [null], { a: {} }),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** What values are made of. */
export type Source = {
  /** values that exist or make sense, by the name of the member that takes them; none for others */
  known(name: string): string[];
  /** nothing but what the schema says and is known: such requests get past the checks */
  isHonest: boolean;
};

export function valuesOf(schema: Schema, source: Source, name = ''): fc.Arbitrary<unknown> {
  const asSaid = validValuesOf(schema, source, name);
  if (source.isHonest) return asSaid;
  return fc.oneof({ weight: 3, arbitrary: asSaid }, { weight: 1, arbitrary: hostileValue });
}

function validValuesOf(schema: Schema, source: Source, name: string): fc.Arbitrary<unknown> {
  const { enum: choices, anyOf, oneOf, properties } = schema;
  if ('const' in schema) return fc.constant(schema.const);
  if (choices !== undefined) return fc.constantFrom(...choices);
  const several = anyOf ?? oneOf;
  if (several !== undefined) return fc.oneof(...several.map((one) => validValuesOf(one, source, name)));
  const types = [schema.type ?? (properties === undefined ? 'string' : 'object')].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, source, name)));
}

function ofType(type: string, schema: Schema, source: Source, name: string): fc.Arbitrary<unknown> {
  const number = fc.integer({ min: 0, max: 1_000 });
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return source.isHonest ? number : fc.oneof(number, fc.constantFrom(...numbers));
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, source, name), { maxLength: 4 });
    case 'object':
      return objectsOf(schema, source);
    default:
      return textsOf(name, source);
  }
}

const plainTexts = ['x', '12.50', '2026-11-20T10:00:00Z', '+12125550100', 'true'];

function textsOf(name: string, { known, isHonest }: Source): fc.Arbitrary<string> {
  const texts = known(name);
  return fc.constantFrom(...texts, ...(isHonest && texts.length > 0 ? [] : plainTexts));
}

/** Some of the members: honest ones with all that they must have, others sometimes with one that is not among them. */
function objectsOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  source: Source,
): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(properties).map(([name, schema]) =>
    fc.tuple(fc.constant(name), valuesOf(schema, source, name)),
  );
  const further = typeof additionalProperties === 'object' ? additionalProperties : null;
  const extra = fc.tuple(hostileText, further === null ? hostileValue : valuesOf(further, source));
  const described = members.length === 0 ? extra : fc.oneof(...members);
  const others = source.isHonest ? described : fc.oneof({ weight: 12, arbitrary: described }, extra);
  const needed = members.filter((_, at) => required.includes(Object.keys(properties)[at] ?? ''));
  const pairs = source.isHonest
    ? fc.tuple(fc.array(others, { maxLength: 3 }), fc.tuple(...needed)).map((both) => both.flat())
    : fc.array(others, { maxLength: 6 });
  return pairs.map((all) => Object.assign(Object.create(null), Object.fromEntries(all)));
}
