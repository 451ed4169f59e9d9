/** Requests for every operation of the OpenAPI document. */
import fc from 'fast-check';
import { hostileText, type Schema, type Source, valuesOf } from './schema-values.ts';

type Operation = {
  parameters?: { name: string; in: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
export type Paths = Record<string, Record<string, Operation>>;

export type FuzzRequest = {
  /** as the document names it, such as `post /update-fields` */
  operation: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
};

/** What exists, and what opens it. */
export type World = {
  token: string;
  /** by the first part of an endpoint's path */
  keys: Record<string, string>;
  /**
   * ids that may be read, changed or deleted, and values that make sense, by the name of the member or the part of the path
   * that takes them; none for others
   */
  known(name: string): string[];
};

/** Answers of megabytes, or the same for every request: they get fewer requests than the others. */
const rare = /attention|calls\.csv|openapi\.json|metrics|\/events$|imports|reconciliations|exports/;

export function requestsOf(paths: Paths, world: World): fc.Arbitrary<FuzzRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      weight: rare.test(path) ? 1 : 20,
      arbitrary: fc.oneof(
        requestsFor(method, path, operation, world, false),
        requestsFor(method, path, operation, world, true),
      ),
    })),
  );
  return fc.oneof(...operations);
}

function requestsFor(
  method: string,
  path: string,
  { parameters = [], requestBody }: Operation,
  world: World,
  isHonest: boolean,
): fc.Arbitrary<FuzzRequest> {
  const source: Source = { known: world.known, isHonest };
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) =>
    bodiesOf(type, schema, source).map((body) => ({ type, body })),
  );
  const wildBody = fc.tuple(
    fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/csv', 'x/y', ''),
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      hostileText.map((text) => Buffer.from(text)),
    ),
  );
  const body =
    bodies.length === 0
      ? fc.constant({ type: '', body: null })
      : fc.oneof(
          { weight: 8, arbitrary: fc.oneof(...bodies) },
          { weight: 1, arbitrary: wildBody.map(([type, bytes]) => ({ type, body: bytes })) },
          { weight: 1, arbitrary: fc.constant({ type: '', body: null }) },
        );
  return fc
    .record({
      path: pathsOf(path, world),
      query: queriesOf(parameters, source),
      secret: secretsOf(path, world),
      headers: oddHeaders,
      body,
    })
    .map((sent) => ({
      operation: `${method} ${path}`,
      method: method.toUpperCase(),
      path: sent.path + sent.query,
      headers: {
        ...(sent.body.type !== '' && { 'content-type': sent.body.type }),
        ...sent.headers,
        ...sent.secret,
      },
      body: sent.body.body,
    }));
}

function bodiesOf(type: string, schema: Schema, source: Source): fc.Arbitrary<Buffer> {
  const values = valuesOf(schema, source);
  if (type.includes('urlencoded')) return values.map((value) => Buffer.from(encodePairs(value)));
  if (type.includes('csv')) {
    const cell = fc.oneof(
      hostileText,
      fc.constantFrom('call_log_id', 'revenue_paid_out', ...source.known('call_log_id')),
    );
    const row = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','));
    return fc.array(row, { maxLength: 6 }).map((rows) => Buffer.from(rows.join('\n')));
  }
  if (type.includes('ndjson')) {
    return fc.array(values, { maxLength: 4 }).map((all) => Buffer.from(all.map(toJson).join('\n')));
  }
  return values.map((value) => Buffer.from(toJson(value)));
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** In a URL: percent-encoded, or bytes that are no text. */
const urlPart = fc.oneof(
  { weight: 4, arbitrary: hostileText.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom('%ff', '%c0%80', '%ed%a0%80', '%', '%zz', '+', '[]', '%2500') },
);

/** An id that nothing has. */
const missing = '0199aaaa-0000-7000-8000-000000000001';

function pathsOf(path: string, { known }: World): fc.Arbitrary<string> {
  if (!path.includes('{')) return fc.constant(path);
  const resource = path.split('/').findLast((part) => !part.startsWith('{')) ?? '';
  const ids = [...known(`${path} ${resource}`), missing];
  const id = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ids).map(encodeURIComponent) },
    { weight: 1, arbitrary: urlPart },
  );
  return id.map((one) => path.replaceAll(/\{\w+\}/g, one));
}

function queriesOf(
  parameters: { name: string; in: string; schema?: Schema }[],
  source: Source,
): fc.Arbitrary<string> {
  const named = parameters
    .filter((one) => one.in === 'query')
    .map(({ name, schema = {} }) => {
      const encoded = valuesOf(schema, source, name).map((value) =>
        encodeURIComponent((typeof value === 'string' ? value : toJson(value)).toWellFormed()),
      );
      return (source.isHonest ? encoded : fc.oneof(encoded, urlPart)).map((value) => `${name}=${value}`);
    });
  const extra = fc.tuple(urlPart, urlPart).map((pair) => pair.join('='));
  const pair = named.length === 0 ? extra : fc.oneof({ weight: 12, arbitrary: fc.oneof(...named) }, extra);
  return fc
    .array(pair, { maxLength: named.length === 0 ? 1 : 4 })
    .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));
}

function secretsOf(path: string, { token, keys }: World): fc.Arbitrary<Record<string, string>> {
  const key = keys[path.split(/[/.]/)[1] ?? ''];
  const right: Record<string, string> =
    key === undefined ? { authorization: `Bearer ${token}` } : { 'x-auth-key': key };
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constantFrom({ authorization: 'Bearer rbt_x' }, { 'x-auth-key': '\u00ff' }) },
  );
}

const printable = hostileText.map((text) => text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 300));

const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'idempotency-key',
        'purpose',
        'user-agent',
        'cookie',
        'accept',
        'content-encoding',
        'range',
        'x-forwarded-for',
        'last-event-id',
        'origin',
        'webhook-id',
        'webhook-signature',
        'webhook-timestamp',
      ),
      printable,
      { maxKeys: 3 },
    ),
  },
);

function encodePairs(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => {
      const text = typeof one === 'string' ? one : toJson(one);
      return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`;
    })
    .join('&');
}
