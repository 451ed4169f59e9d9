/** Every route of the operator's side wants a token. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { type ApiRoute, readApiRoutes } from '../../support/requests/api-routes.ts';
import { startTestServer, useServer } from '../../support/server.ts';

const server = useServer({ trustedProxies: ['127.0.0.1'] });
let routes: ApiRoute[];

beforeAll(async () => {
  routes = await readApiRoutes(server);
});

function ask({ method, path }: ApiRoute, headers: Record<string, string>, query = '') {
  const hasBody = method === 'POST' || method === 'PATCH';
  return server.request(`${path.replace('{id}', 'x')}${query}`, {
    method,
    headers,
    ...(hasBody && { body: {} }),
  });
}

/** Leaves the body unread: a stream of events has no end. */
async function askStatus({ method, path }: ApiRoute, authorization: string): Promise<number> {
  const url = server.url + path.replace('{id}', 'x');
  const response = await fetch(url, { method, headers: { authorization } });
  await response.body?.cancel();
  return response.status;
}

test('there are routes to ask', () => {
  const names = routes.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
  expect(names).toEqual(
    expect.arrayContaining([
      'POST /calls',
      'GET /calls',
      'GET /calls/{id}',
      'PATCH /calls/{id}',
      'POST /calls/{id}/complete',
      'GET /calls/{id}/timeline',
      'GET /calls.csv',
      'GET /campaigns',
      'GET /publishers',
      'GET /buyers',
      'GET /events',
      'POST /webhooks/incoming',
      'GET /webhooks/incoming',
      'GET /webhooks/incoming/{id}',
      'PATCH /webhooks/incoming/{id}',
      'DELETE /webhooks/incoming/{id}',
      'POST /webhooks/incoming/{id}/rotate-key',
      'GET /postbacks',
      'GET /postbacks/{id}',
      'GET /account',
      'PATCH /account',
    ]),
  );
});

describe('every route answers 401', () => {
  let senders = 0;
  /** Each test has another address: failures are counted for each address. */
  const fromElsewhere = () => {
    senders += 1;
    return { 'x-forwarded-for': `192.0.2.${senders}` };
  };

  test.each<[string, Record<string, string>, string]>([
    ['without a token', {}, ''],
    ['to a wrong token', { authorization: 'Bearer wrong' }, ''],
    ['to an empty token', { authorization: 'Bearer ' }, ''],
    ['to a beginning of the token', { authorization: 'Bearer test-admin-token-000' }, ''],
    ['to the token and more', { authorization: 'Bearer test-admin-token-0001 more' }, ''],
    ['to another scheme', { authorization: `Basic ${btoa('owner:test-admin-token-0001')}` }, ''],
    ['to a token in the URL', {}, '?token=test-admin-token-0001&access_token=test-admin-token-0001'],
    ['to a token in the header of senders', { 'x-auth-key': 'test-admin-token-0001' }, ''],
  ])('%s', async (_what, headers, query) => {
    const from = fromElsewhere();
    for (const route of routes) {
      const answer = await ask(route, { ...from, ...headers }, query);
      expectProblem(answer, 401, 'invalid_token');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('to the auth key of a webhook', async () => {
    const { auth_key } = await server.createWebhook();
    const headers = { ...fromElsewhere(), authorization: `Bearer ${auth_key}` };
    for (const route of routes) {
      expectProblem(await ask(route, headers), 401, 'invalid_token');
    }
  });
});

test('every route lets the token in, however "Bearer" is spelled', async () => {
  for (const route of routes) {
    for (const authorization of [`Bearer ${server.token}`, `bearer  ${server.token} `]) {
      expect(await askStatus(route, authorization)).not.toBe(401);
    }
  }
});

test('the token is stored as a hash', async () => {
  const rows = await server.database.query('select to_json(t)::text as row from api_token t');
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(server.token);
});

test('a token that was replaced in the settings opens nothing any more', async () => {
  const databaseUrl = server.database.url;
  const restarted = await startTestServer({ databaseUrl, adminToken: 'another-admin-token' });
  expect((await restarted.api('GET', '/account')).status).toBe(200);
  expectProblem(await server.api('GET', '/account'), 401, 'invalid_token');
  await restarted.stop();
});
