/** Whatever is sent to the operator's side, NUL and broken Unicode included, is answered and never fails the server. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { codePoint } from '../../src/core/values/text/code-point.arbitrary.ts';
import { type ApiRoute, readApiRoutes } from '../support/requests/api-routes.ts';
import { type Answer, useServer } from '../support/server.ts';

const server = useServer();
let routes: ApiRoute[];
let ids: string[];

beforeAll(async () => {
  routes = await readApiRoutes(server);
  const webhook = await server.createWebhook();
  await server.createCall('known');
  await server.createCall('live', { state: 'live' });
  const { json } = await server.post(webhook, { call_log_id: 'known', reason: 'x' });
  ids = ['known', 'live', webhook.id, json.postback_id];
});

const nasty = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\ufffe\uffff',
  '😀'.repeat(200),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  'toString',
  "'; drop table call; --",
  '%00',
  '%',
  '..',
  '\\u0000',
  'null',
  '-1',
  '1e999',
  '9'.repeat(40),
  '9999-12-31T23:59:59-23:59',
  '0000-01-01T00:00:00Z',
  '-infinity',
  'NaN',
  Buffer.from('{"startedAt":"2026-11-01T00:00:00.000Z","callLogId":"\\u0000"}').toString('base64url'),
  Buffer.from('{"startedAt":"+010000-01-01T00:00:00.000Z","callLogId":"a"}').toString('base64url'),
  Buffer.from('"0199aaaa-0000-7000-8000-00000000000g"').toString('base64url'),
  Buffer.from('{"__proto__":1}').toString('base64url'),
];
const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: codePoint }), fc.base64String());
const scalar = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.date().map(String),
);
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(text, scalar, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
/** In a URL: percent-encoded, or bytes that are no text. */
const urlPart = fc.oneof(
  text.map((one) => encodeURIComponent(one.toWellFormed())),
  fc.constantFrom('%ff', '%c0%80', '%ed%a0%80', '%F0%9F', '%', '%zz', '+', '[]', '%2500'),
);

function expectAnswered({ status, text: body }: Answer): void {
  expect(status, body).toBeLessThan(500);
}

function send(method: string, path: string, body?: string | Uint8Array): Promise<Answer> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  return server.request(path, { method, headers, ...(body !== undefined && { body: Buffer.from(body) }) });
}

function pathOf({ path }: ApiRoute, id: string): string {
  return path.replace('{id}', id);
}

const id = fc.oneof(
  urlPart,
  fc.nat(3).map((at) => encodeURIComponent(ids[at] ?? '')),
);

test('a route that changes something rejects unknown names in its URL and in its body', async () => {
  const { paths } = (await server.request('/openapi.json')).json;
  const lenient = ['/api/v1/calls/{id}', '/api/v1/calls/twilio/status']; // they take parameters as a postback does
  const changing = routes.filter(({ method, path }) => method !== 'GET' && !lenient.includes(path));
  expect(changing.length).toBeGreaterThan(30);
  for (const route of changing) {
    const json = paths[route.path][route.method.toLowerCase()].requestBody?.content['application/json'];
    const path = pathOf(route, 'known');
    const name = `${route.method} ${path}`;
    if (route.parameters.length === 0) {
      const { status, json: problem } = await send(route.method, `${path}?dryrun=true`);
      expect([name, status, problem?.errors?.[0]?.field]).toEqual([name, 422, 'dryrun']);
    }
    if (json === undefined) continue;
    const body = JSON.stringify({ ...json.example, match_windw_hours: 5 });
    const { status, json: problem } = await send(route.method, path, body);
    expect([name, status]).toEqual([name, 422]);
    const unknown = problem.errors.filter(({ code }: { code: string }) => code === 'unknown_field');
    expect([name, unknown[0]?.field]).toEqual([name, 'match_windw_hours']);
  }
});

describe('no answer is a 5xx', () => {
  test('to any id in a path', async () => {
    const withId = routes.filter(({ path }) => path.includes('{id}'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...withId), urlPart, async (route, one) => {
        const body = route.method === 'PATCH' || route.method === 'POST' ? '{"reason":"x"}' : undefined;
        expectAnswered(await send(route.method, pathOf(route, one), body));
      }),
      { numRuns: 200 },
    );
  });

  test('to any query', async () => {
    const names = [...new Set(routes.flatMap(({ parameters }) => parameters))];
    const name = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: urlPart },
    );
    const query = fc.array(fc.tuple(name, urlPart), { minLength: 1, maxLength: 4 });
    const lists = routes.filter(({ parameters }) => parameters.length > 0);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lists), query, async (route, pairs) => {
        const known = pairs.filter(([one], at) => at === 0 || route.parameters.includes(one));
        const search = known.map((pair) => pair.join('=')).join('&');
        expectAnswered(await send('GET', `${pathOf(route, 'known')}?${search}`));
      }),
      { numRuns: 200 },
    );
  });

  test('to any one parameter of a list', async () => {
    for (const route of routes) {
      for (const parameter of route.parameters) {
        await Promise.all(
          nasty.map(async (one) => {
            const search = new URLSearchParams([[parameter, one]]);
            expectAnswered(await send('GET', `${pathOf(route, 'known')}?${search}`));
          }),
        );
      }
    }
  });

  test('to any JSON object', async () => {
    const takers = routes.filter(({ bodyMembers }) => bodyMembers.length > 0);
    const cases = fc
      .constantFrom(...takers)
      .chain((route) =>
        fc.tuple(
          fc.constant(route),
          id,
          fc.dictionary(
            fc.oneof(
              { weight: 6, arbitrary: fc.constantFrom(...route.bodyMembers) },
              { weight: 1, arbitrary: text },
            ),
            value,
            { maxKeys: 5 },
          ),
          fc.boolean(),
        ),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ([route, one, members, isNew]) => {
        const isCall = route.path === '/api/v1/calls' && isNew;
        const body = { ...members, ...(isCall && { call_log_id: 'known' }) };
        expectAnswered(await send(route.method, pathOf(route, one), JSON.stringify(body)));
      }),
      { numRuns: 400 },
    );
  });

  // Thousands of requests: those of one member at once, each of which may change what the others find.
  test('to any value of a known member alone', { timeout: 360_000 }, async () => {
    const values = [
      ...nasty,
      1e300,
      -0,
      1e-300,
      2 ** 60,
      [],
      {},
      [[]],
      { a: null },
      ['\0'],
      { '\0': '\ud800' },
    ];
    for (const route of routes) {
      for (const member of new Set(route.bodyMembers)) {
        const path = pathOf(route, route.path.includes('/calls') ? 'known' : (ids[2] ?? ''));
        await Promise.all(
          values.map(async (one) => {
            const body = { ...(route.path === '/api/v1/calls' && { call_log_id: 'known' }), [member]: one };
            expectAnswered(await send(route.method, path, JSON.stringify(body)));
          }),
        );
      }
    }
  });

  test('to any bytes', async () => {
    const takers = routes.filter(({ method }) => method !== 'GET');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom(
          '{',
          '{"a":',
          '[[[[',
          '"\\ud800"',
          '\u0000',
          '{"__proto__":{"a":1}}',
          '{"a":1,"a":2}',
          'nul',
          '1e999',
        )
        .map((one) => Buffer.from(one)),
      fc.json().map((one) => Buffer.from(one)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...takers), bytes, async (route, body) => {
        const answer = await send(route.method, pathOf(route, 'known'), body);
        expectAnswered(answer);
      }),
      { numRuns: 200 },
    );
  });
});

test('and the server is as ready as before', async () => {
  expect((await server.request('/readyz')).status).toBe(200);
  expect((await server.api('GET', '/calls?limit=500')).status).toBe(200);
  expect((await server.api('GET', '/postbacks?limit=500')).status).toBe(200);
});
