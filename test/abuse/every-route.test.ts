/** What holds for every route that /openapi.json names: a new one is covered without anyone remembering. */
import { beforeAll, describe, expect, test } from 'vitest';
import { headOf, type RawAnswer, sendRaw } from '../support/requests/raw-http.ts';
import { type TestWebhook, useServer } from '../support/server.ts';

type Operation = { security?: object[]; requestBody?: { content?: Record<string, unknown> } };
type Route = { method: string; path: string; isOpen: boolean; isOperators: boolean; bodyType: string | null };

const server = useServer();
let webhook: TestWebhook;
let routes: Route[];

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
  const { paths } = (await server.request('/openapi.json')).json;
  routes = Object.entries(paths as Record<string, Record<string, Operation>>) // as the document is
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security, requestBody }]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, 'CA1'),
        isOpen: security === undefined || security.length === 0,
        isOperators: path.startsWith('/api/'),
        bodyType: requestBody === undefined ? null : (Object.keys(requestBody.content ?? {})[0] ?? null),
      })),
    );
  expect(routes.length).toBeGreaterThan(50);
});

const guarded = () => routes.filter(({ isOpen }) => !isOpen);
const withBody = () => guarded().filter(({ bodyType }) => bodyType !== null);

function keyFor({ isOperators }: Route, isRight: boolean): Record<string, string> {
  if (isOperators) return { authorization: `Bearer ${isRight ? server.token : 'rbt_wrong'}` };
  return { 'x-auth-key': isRight ? webhook.auth_key : 'rbk_wrong' };
}

/** Each route's result, where it is another than expected. */
async function unexpected(
  of: Route[],
  ask: (route: Route) => Promise<{ status: number } | null>,
  isExpected: (status: number | null) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of of) {
    const status = (await ask(route))?.status ?? null;
    if (!isExpected(status)) wrong.push(`${route.method} ${route.path}: ${status}`);
  }
  return wrong;
}

function sendHead(
  route: Route,
  headers: Record<string, string | number>,
  rest = '',
): Promise<RawAnswer | null> {
  return sendRaw(server.url, headOf(`${route.method} ${route.path}`, headers) + rest);
}

test('a wrong key or token is rejected when the headers are there, before any of the body', async () => {
  const ask = (route: Route) =>
    sendHead(route, {
      ...keyFor(route, false),
      'content-type': 'application/json',
      'content-length': 60_000,
    });
  expect(await unexpected(withBody(), ask, (status) => status === 401 || status === 429)).toEqual([]);
}, 120_000);

test('no route is open to a request without a key or token', async () => {
  const ask = ({ method, path }: Route) => server.request(path, { method, redirect: 'manual' });
  expect(await unexpected(guarded(), ask, (status) => status === 401 || status === 429)).toEqual([]);
}, 120_000);

describe('a request that two servers could read differently', () => {
  test.each<[string, Record<string, string | number>, string]>([
    ['a length and chunks', { 'content-length': 4, 'transfer-encoding': 'chunked' }, '0\r\n\r\n'],
    ['a length that is none', { 'content-length': '4x' }, 'abcd'],
    ['a signed length', { 'content-length': '+4' }, 'abcd'],
    ['an unknown encoding', { 'transfer-encoding': 'xchunked' }, '0\r\n\r\n'],
    ['chunks twice', { 'transfer-encoding': 'chunked, chunked' }, '0\r\n\r\n'],
    ['a header in two lines', { 'x-folded': 'a\r\n content-length: 9' }, ''],
    ['two lengths', { 'content-length': '4\r\ncontent-length: 5' }, 'abcd'],
  ])(
    'is not accepted by any route: %s',
    async (_name, headers, rest) => {
      const ask = (route: Route) => sendHead(route, { ...keyFor(route, true), ...headers }, rest);
      const wrong = await unexpected(
        routes,
        ask,
        (status) => status === null || (status >= 400 && status < 500),
      );
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

test('JSON that is nested too deep is rejected by every route that reads JSON', async () => {
  const body = '{"a":'.repeat(12_000);
  const ask = (route: Route) =>
    server.request(route.path, {
      method: route.method,
      headers: { ...keyFor(route, true), 'content-type': 'application/json' },
      body: Buffer.from(body),
    });
  const wrong = await unexpected(
    withBody(),
    ask,
    (status) => status !== null && status >= 400 && status < 500,
  );
  expect(wrong).toEqual([]);
}, 120_000);

test('a page of another site changes nothing with the operator’s cookie, in any route', async () => {
  const signedIn = await server.request('/api/v1/session', { method: 'POST', body: { token: server.token } });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const changing = guarded().filter(({ isOperators, method }) => isOperators && method !== 'GET');
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    {},
  ]) {
    const ask = ({ method, path }: Route) =>
      server.request(path, { method, headers: { cookie, ...headers } });
    expect(await unexpected(changing, ask, (status) => status === 403)).toEqual([]);
  }
}, 120_000);

test('who tries keys or tokens is slowed by every route, and who has the right one is not', async () => {
  const triesMax = 150;
  const ask = async (route: Route) => {
    const { method, path } = route;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const { status } = await server.request(path, { method, headers: keyFor(route, false) });
      if (status !== 401) return { status };
    }
    return null;
  };
  expect(await unexpected(guarded(), ask, (status) => status === 429)).toEqual([]);
  const askRightly = async (route: Route) => {
    const leaving = new AbortController(); // a stream does not end automatically
    const headers = keyFor(route, true);
    const { status } = await fetch(server.url + route.path, { headers, signal: leaving.signal });
    leaving.abort();
    return { status };
  };
  const readers = guarded().filter(({ method }) => method === 'GET');
  expect(await unexpected(readers, askRightly, (status) => status !== 401 && status !== 429)).toEqual([]);
}, 120_000);
