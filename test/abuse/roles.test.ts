/** Every route, walked with every role and with the ids of another account. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '../../src/core/access/role.ts';
import { addAccount, withRole } from '../support/accounts.ts';
import { type TestServer, type TestWebhook, useServer } from '../support/server.ts';

type Route = {
  method: string;
  path: string;
  isOpen: boolean;
  declared: Role | undefined;
};
type Side = { owner: TestServer; webhook: TestWebhook; ids: string[]; marker: string };

const server = useServer({ trustedProxies: ['127.0.0.1'] });
let routes: Route[];
/** not the first account: that one's owner may see which accounts there are */
let mine: Side;
let theirs: Side;

beforeAll(async () => {
  routes = await readRoutes();
  theirs = await furnish((await addAccount(server, 'Theirs')).server, 'victim');
  mine = await furnish((await addAccount(server, 'Mine')).server, 'myself');
});

async function readRoutes(): Promise<Route[]> {
  const { json } = await server.request('/openapi.json');
  const paths: [string, Record<string, { security?: object[]; 'x-role'?: Role }>][] = Object.entries(
    json.paths,
  );
  return paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      isOpen: operation.security?.length === 0,
      declared: operation['x-role'],
    })),
  );
}

const operatorsRoutes = () => routes.filter(({ path, isOpen }) => path.startsWith('/api/v1/') && !isOpen);

/** Rows of every kind, with a marker in whatever text they take. */
async function furnish(owner: TestServer, marker: string): Promise<Side> {
  const webhook = await owner.createWebhook('update_fields', { name: marker });
  await owner.createCall(marker, { campaign: marker, tags: { marker }, phone_number: '+14155550142' });
  await owner.createCall(`live ${marker}`, { state: 'live', campaign: marker });
  const sent = { call_log_id: marker, reason: marker, transaction_id: marker };
  const { json } = await owner.post(webhook, sent);
  await owner.post(webhook, { call_log_id: `live ${marker}`, reason: marker });
  await owner.api('PATCH', '/account', { twilio_auth_token: marker });
  const token = await owner.api('POST', '/tokens', { name: marker, role: 'analyst' });
  const { items } = (await owner.api('GET', '/audit')).json;
  const view = await owner.api('POST', '/views', { name: marker, query: { campaign: marker } });
  const ids = [
    marker,
    `live ${marker}`,
    webhook.id,
    json.postback_id,
    token.json.id,
    items[0].id,
    view.json.id,
  ];
  for (const id of ids) expect(id).toEqual(expect.any(String));
  return { owner, webhook, ids, marker };
}

/** All rows of the account, but for when its tokens were used. */
async function dump(name: string): Promise<string> {
  const tables = await server.database.query(
    `select table_name from information_schema.columns
     where table_schema = 'public' and column_name = 'account_id' order by 1`,
  );
  const rows = tables.map(({ table_name }) =>
    server.database.query(
      `select (to_jsonb(t) - 'last_used_at')::text as row from ${table_name} t
       where account_id = (select account_id from account where name = $1) order by 1`,
      [name],
    ),
  );
  return JSON.stringify(await Promise.all(rows));
}

type Asked = { status: number; code: string | undefined; text: string };

/** A stream that does not end is read to its first bytes. */
async function ask(
  { token, url }: TestServer,
  method: string,
  path: string,
  body: unknown,
  contentType = 'application/json',
): Promise<Asked> {
  const hasBody = method === 'POST' || method === 'PATCH' || method === 'PUT';
  const leaving = new AbortController();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(hasBody && { 'content-type': contentType }) },
    signal: leaving.signal,
    ...(hasBody && { body: contentType === 'application/json' ? JSON.stringify(body) : String(body) }),
  });
  const { status, headers } = response;
  if (headers.get('content-type')?.startsWith('text/event-stream')) {
    const { value } = (await response.body?.getReader().read()) ?? {};
    leaving.abort();
    return { status, code: undefined, text: Buffer.from(value ?? []).toString() };
  }
  const text = await response.text();
  return { status, code: /"code":"(\w+)"/.exec(text)?.[1], text };
}

/** Bodies that would do something, where a route takes one; others get an empty object. */
function bodyOf({ method, path }: Route): [body: unknown, contentType?: string] {
  const route = `${method} ${path.replace('/api/v1', '')}`;
  if (route === 'POST /imports') return ['call_log_id,reason\nmissing,x\n', 'text/csv'];
  if (route === 'POST /reconciliations') return ['call_log_id,amount\nmissing,1\n', 'text/csv'];
  const bodies: Record<string, object> = {
    'POST /webhooks/incoming/{id}/test': { method: 'POST', body: {} },
    'PATCH /calls/{id}': { reason: 'taken over' },
    'POST /calls.csv': { filter: {} },
    'PATCH /views/{id}': { name: 'taken over' },
    'PATCH /webhooks/incoming/{id}': { paused: true },
    'POST /webhooks/incoming/{id}/rotate-key': { grace_hours: 0 },
    'POST /webhooks/incoming/{id}/rotate-signing-secret': { grace_hours: 0 },
    'POST /webhooks/incoming/{id}/explain': { request: { method: 'POST', body: {} } },
    'PATCH /webhooks/outgoing/{id}': { paused: true },
    'POST /webhooks/outgoing/{id}/replay': { from: '2026-01-01T00:00:00Z' },
    'POST /postbacks/{id}/attach': { call_log_id: 'myself' },
    'POST /postbacks/{id}/dismiss': { reason: 'taken over' },
  };
  return [bodies[route] ?? {}];
}

function fill(path: string, id: string): string {
  return path.replaceAll(/\{\w+\}/g, encodeURIComponent(id));
}

/** The rule itself, told another way than the routes do: owners alone, readers, and the rest. */
function neededFor({ method, path }: Route): Role {
  const resource = path.replace('/api/v1', '');
  const isForOwners = /^\/(?:tokens|people|accounts|audit|sessions)\b/.test(resource);
  if (isForOwners || (resource === '/account' && method !== 'GET')) return 'owner';
  const isOwnSession = /^\/session\b/.test(resource);
  const isPreview =
    /\/(?:render|explain|inspect|calls\.csv)$/.test(resource) || resource === '/reconciliations';
  return method === 'GET' || isOwnSession || isPreview ? 'analyst' : 'operator';
}

describe('every role', () => {
  test('is declared beside its route', () => {
    const names = operatorsRoutes().map((route) => [`${route.method} ${route.path}`, route.declared]);
    const expected = operatorsRoutes().map((route) => [`${route.method} ${route.path}`, neededFor(route)]);
    expect(expected.length).toBeGreaterThan(20);
    expect(names).toEqual(expected);
  });

  test.each(roles)('%s: has its permissions on every route, and gets 403 for the rest', async (role) => {
    const asker = await withRole(mine.owner, role);
    for (const route of operatorsRoutes()) {
      const before = await dump('Mine');
      const { status, code, text } = await ask(
        asker,
        route.method,
        fill(route.path, 'missing'),
        ...bodyOf(route),
      );
      const name = `${role}: ${route.method} ${route.path}: ${text}`;
      const isOfInstallation = route.path === '/api/v1/accounts';
      const mayDo = roles.indexOf(role) >= roles.indexOf(neededFor(route)) && !isOfInstallation;
      if (mayDo) expect(status, name).not.toBe(403);
      else expect([status, code], name).toEqual([403, 'role_not_allowed']);
      expect(status, name).toBeLessThan(500);
      if (!mayDo) expect(await dump('Mine'), name).toBe(before);
      if (route.path === '/api/v1/session' && route.method === 'DELETE') expect(status).toBe(204);
    }
  });

  test('counts at once: a token that is revoked does nothing more', async () => {
    const asker = await withRole(mine.owner, 'operator');
    const { items } = (await mine.owner.api('GET', '/tokens')).json;
    expect((await asker.api('GET', '/calls')).status).toBe(200);
    expect((await mine.owner.api('DELETE', `/tokens/${items[0].id}`)).status).toBe(204);
    for (const route of operatorsRoutes()) {
      const { status, code } = await ask(asker, route.method, fill(route.path, 'missing'), ...bodyOf(route));
      expect([route.path, status, code]).toEqual([route.path, 401, 'invalid_token']);
    }
  });
});

describe('the ids of another account', () => {
  test('open nothing on any route of the operator’s side', async () => {
    const before = await dump('Theirs');
    for (const route of operatorsRoutes().filter(({ path }) => path.includes('{'))) {
      for (const id of theirs.ids) {
        const { status, text } = await ask(mine.owner, route.method, fill(route.path, id), ...bodyOf(route));
        expect([`${route.method} ${route.path}`, id, status]).toEqual([
          `${route.method} ${route.path}`,
          id,
          404,
        ]);
        expect(text).not.toMatch(/"victim"/);
      }
    }
    expect(await dump('Theirs')).toBe(before);
  });

  test('show nothing in any list, as a filter, as a cursor or without', async () => {
    for (const route of operatorsRoutes().filter(
      ({ method, path }) => method === 'GET' && !path.includes('{'),
    )) {
      const queries = theirs.ids.flatMap((id) =>
        ['webhook_id', 'target_id', 'call_log_id', 'transaction_id', 'q', 'campaign', 'tag'].map(
          (name) => `?${new URLSearchParams([[name, id]])}`,
        ),
      );
      for (const query of ['', ...queries]) {
        const { status, text } = await ask(mine.owner, 'GET', `${route.path}${query}`, undefined);
        expect(status).toBeLessThan(500);
        if (status === 200)
          expect([route.path, text]).toEqual([route.path, expect.not.stringMatching(/victim/)]);
      }
    }
  });

  test('are unknown at every endpoint of the senders', async () => {
    const before = await dump('Theirs');
    const endpoints = routes.filter(({ path }) => path.startsWith('/update-')); // the others look for no call
    expect(endpoints.length).toBeGreaterThanOrEqual(15);
    for (const { method, path } of endpoints) {
      const type = path.slice(1).split(/[./]/)[0]?.replace('-', '_') ?? '';
      const webhook = await mine.owner.createWebhook(type);
      for (const call_log_id of theirs.ids.slice(0, 2)) {
        const update = { call_log_id, reason: 'x', revenue: '1', add: 'x' };
        const query = new URLSearchParams({ auth_key: webhook.auth_key, ...(method === 'GET' && update) });
        const body = path.endsWith('/batch') ? [update] : update;
        const answer = await ask(mine.owner, method, `${path}?${query}`, body);
        const batchCode = /"results":\[\{.*"code":"(\w+)"/.exec(answer.text)?.[1];
        const isPixel = path.endsWith('.gif');
        expect([path, batchCode ?? answer.code]).toEqual([path, isPixel ? undefined : 'call_not_found']);
        if (isPixel) expect(answer.status).toBe(404);
      }
      const byPhone = { phone_number: '+14155550142', reason: 'x', revenue: '1', add: 'x', dry_run: '1' };
      if (method === 'POST' && !path.endsWith('/batch') && !path.endsWith('.gif')) {
        const { text } = await ask(mine.owner, method, `${path}?auth_key=${webhook.auth_key}`, byPhone);
        expect(text).toContain('"candidates":1');
        expect(text).not.toContain('victim');
      }
    }
    expect(await dump('Theirs')).toBe(before);
  });

  test('and those of a later account are not seen by the first one either', async () => {
    const before = await dump('Theirs');
    for (const route of operatorsRoutes().filter(({ path }) => path.includes('{'))) {
      for (const id of theirs.ids) {
        const { status } = await ask(server, route.method, fill(route.path, id), ...bodyOf(route));
        expect(status).toBe(404);
      }
    }
    expect(await dump('Theirs')).toBe(before);
  });
});

test('every route outside says in the document that it needs neither token nor key, or is a sender’s endpoint', () => {
  const outside = routes.filter(({ path, isOpen }) => !path.startsWith('/api/v1/') || isOpen);
  const open = outside.filter(({ isOpen }) => isOpen).map(({ method, path }) => `${method} ${path}`);
  expect(open.sort()).toEqual(
    expect.arrayContaining(['GET /healthz', 'GET /metrics', 'GET /openapi.json', 'GET /readyz']),
  );
  for (const one of open) {
    expect(one).toMatch(
      /^(?:GET \/(?:healthz|readyz|metrics|openapi\.json)|POST \/api\/v1\/session(?:\/(?:password|invitation|password-reset))?|GET \/api\/v1\/session\/options|(?:GET|POST) \/api\/v1\/calls\/twilio\/status)$/,
    );
  }
  for (const { path, isOpen } of outside) {
    if (!isOpen)
      expect(path).toMatch(/^\/(?:update-(?:fields|revenue|tags)|calls|call-data)(?:\.gif|\/batch)?$/);
  }
});
