/** Where keys are found, when they open, and that they are nowhere else. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { passwordCost } from '../../../src/core/access/password.ts';
import { startServer } from '../../../src/server.ts';
import { createTestDatabase } from '../../support/database.ts';
import { sendRaw } from '../../support/requests/raw-http.ts';
import { pathOf, postText } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('update_fields');
  await server.createCall('CA1');
});

const update = 'call_log_id=CA1&dry_run=1&reason=r';

type Presented = { query?: string; headers?: Record<string, string> };
async function present({ query = '', headers = {} }: Presented, method = 'GET') {
  return server.request(`/update-fields?${query}&${update}`, { method, headers });
}

describe('the key', () => {
  test('is taken from the query, a header or a bearer token', async () => {
    const key = webhook.auth_key;
    const places: Presented[] = [
      { query: `auth_key=${key}` },
      { query: `moja_auth_key=${key}` },
      { headers: { 'x-auth-key': key } },
      { headers: { 'X-AUTH-KEY': key } },
      { headers: { authorization: `Bearer ${key}` } },
      { headers: { authorization: `bearer  ${key}` } },
    ];
    for (const place of places) {
      for (const method of ['GET', 'POST']) {
        const answer = await present(place, method);
        expect(answer).toMatchObject({ status: 200, json: { ignored: [] } });
      }
    }
  });

  test('that is found first counts, even where a later one would open', async () => {
    const key = webhook.auth_key;
    const later: Presented[] = [
      { query: `auth_key=wrong&moja_auth_key=${key}` },
      { query: `moja_auth_key=${key}&auth_key=wrong` },
      { query: 'auth_key=wrong', headers: { 'x-auth-key': key } },
      { query: 'moja_auth_key=wrong', headers: { 'x-auth-key': key } },
      { headers: { 'x-auth-key': 'wrong', authorization: `Bearer ${key}` } },
    ];
    for (const place of later) expect((await present(place)).status).toBe(401);
    const first: Presented[] = [
      { query: `moja_auth_key=wrong&auth_key=${key}`, headers: { 'x-auth-key': 'wrong' } },
      { query: `moja_auth_key=${key}`, headers: { 'x-auth-key': 'wrong' } },
      { headers: { 'x-auth-key': key, authorization: 'Bearer wrong' } },
      // what a template leaves where it has no key is none
      { query: `auth_key=&moja_auth_key=${key}` },
      { query: 'auth_key=&moja_auth_key=', headers: { 'x-auth-key': key } },
      { query: 'auth_key', headers: { 'x-auth-key': '', authorization: `Bearer ${key}` } },
    ];
    for (const place of first) expect((await present(place)).status).toBe(200);
  });

  test('that opens nothing gets one and the same answer, whatever is wrong with it', async () => {
    const deleted = await server.createWebhook();
    await server.api('DELETE', `/webhooks/incoming/${deleted.id}`);
    const revoked = await server.createWebhook();
    await server.api('POST', `/webhooks/incoming/${revoked.id}/rotate-key`, { grace_hours: 0 });
    const places: Presented[] = [
      {},
      { query: 'auth_key=' },
      { query: 'auth_key=rbk_unknown' },
      { query: `auth_key=${webhook.auth_key}x` },
      { query: `auth_key=${webhook.auth_key.toUpperCase()}` },
      { query: `auth_key=${server.token}` },
      { query: `auth_key=${deleted.auth_key}` },
      { query: `auth_key=${revoked.auth_key}` },
      { headers: { authorization: `Basic ${webhook.auth_key}` } },
      { headers: { authorization: 'Bearer' } },
    ];
    const answers = await Promise.all(places.map((place) => present(place)));
    const seen = answers.map(({ status, headers, json: { postback_id, ...json } }) => {
      const { date: _date, 'x-postback-id': id, ...others } = Object.fromEntries(headers);
      expect(postback_id).toBe(id);
      return JSON.stringify({ status, others, json });
    });
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]?.json).toMatchObject({ status: 401, code: 'invalid_auth_key' });
    const body = await server.request('/update-fields', { method: 'POST', body: 'x'.repeat(70_000) });
    expect(body.status).toBe(401);
  });

  test('lives on for its grace after a rotation and ends with it', async () => {
    const rotated = await server.createWebhook();
    const rotate = async (grace_hours: number) =>
      (await server.api('POST', `/webhooks/incoming/${rotated.id}/rotate-key`, { grace_hours })).json
        .auth_key;
    const statusOf = async (key: string) => (await present({ query: `auth_key=${key}` })).status;
    const second = await rotate(24);
    expect(await Promise.all([statusOf(rotated.auth_key), statusOf(second)])).toEqual([200, 200]);
    const third = await rotate(1 / 3_600);
    expect(await statusOf(third)).toBe(200);
    await expect.poll(() => statusOf(second)).toBe(401);
    expect(await Promise.all([statusOf(rotated.auth_key), statusOf(third)])).toEqual([401, 200]);
    await rotate(0);
    expect(await statusOf(third)).toBe(401);
  });

  test('of a deleted webhook ends at once', async () => {
    const gone = await server.createWebhook();
    expect((await present({ query: `auth_key=${gone.auth_key}` })).status).toBe(200);
    await server.api('DELETE', `/webhooks/incoming/${gone.id}`);
    expect((await present({ query: `auth_key=${gone.auth_key}` })).status).toBe(401);
  });
});

test('keys are in no answer, no log entry and no column of the database', async () => {
  const { auth_key: key } = webhook;
  const { auth_key: other } = await server.createWebhook('update_tags');
  const escaped = [...key].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('');
  const json = (text: string) => postText(server, webhook, text);
  const everywhere = {
    'x-auth-key': key,
    authorization: `Bearer ${key}`,
    cookie: `k=${key}`,
    referer: `https://sender.example/?auth_key=${key}`,
    'x-original-url': `/update-fields?auth_key=${other}`,
  };
  const answers = [
    await server.get(
      webhook,
      [
        ['call_log_id', 'CA1'],
        ['reason', 'r'],
        ['moja_auth_key', key],
        ['x', key],
      ],
      everywhere,
    ),
    await json(`{"call_log_id":"CA1","reason":"r2","auth_key":"${key}","moja_auth_key":"${other}"}`),
    await json(`{"call_log_id":"CA1","reason":"r3","note":"${key}","escaped":"${escaped}"}`),
    await json(`{"call_log_id":"CA1","fields":{"auth_key":"${key}"}}`),
    await json(
      `{"call_log_id":"CA1","reason":"see ?auth_key=${key}","add":{"page":"${other}","${key}":"x"}}`,
    ),
    await json(`{"call_log_id":"CA1","reason":"r5","transaction_id":"${key}"}`),
    await json(`{"call_log_id":"${other}","reason":"r5"}`),
    await json(`{"call_log_id":"CA1","fields":{"${key}":1}}`),
    await json(`{"call_log_id":"CA1","auth_key":"${key}"`),
    await postText(
      server,
      webhook,
      `call_log_id=CA1&reason=r4&auth_key=${key}&y=${other}`,
      'application/x-www-form-urlencoded',
    ),
    await postText(server, webhook, `auth_key=${key}`, 'text/xml'),
    await server.request(`${pathOf(webhook)}?auth_key=${key}`, { method: 'PUT' }),
    await server.request(`/update-tags?auth_key=${key}&call_log_id=CA1`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    ...[200, 200, 200, 422, 200, 422, 422, 422, 400, 200, 415, 405, 403],
  ]);
  expect(answers[4]?.json.changes).toMatchObject({
    reason: { to: 'see ?auth_key=[auth key]' },
    'tags.page': { to: '[auth key]' },
  });
  const log = await server.api('GET', '/postbacks?limit=500');
  for (const { text, headers } of [...answers, log]) {
    expect(text + JSON.stringify([...headers])).not.toContain(key.slice(4));
    expect(text).not.toContain(other.slice(4));
  }
  const tables = await server.database.query(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  expect(tables.length).toBeGreaterThan(5);
  for (const { name } of tables) {
    const rows = await server.database.query(
      `select t::text from "${name}" t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0 or strpos(t::text, $3) > 0`,
      [key.slice(4), other.slice(4), escaped.slice(24)],
    );
    expect(rows).toEqual([]);
  }
});

test('a key that is the name of a parameter is not among the ignored names', async () => {
  const { auth_key } = await server.createWebhook('update_fields');
  const headers = { 'x-auth-key': auth_key };
  const { json } = await server.request(`/update-fields?${auth_key}&utm=1&${update}`, { headers });
  expect(json.ignored).toEqual(['[auth key]', 'utm']);
  const stored = await server.api('GET', `/postbacks/${json.postback_id}`);
  expect(stored.json.ignored).toEqual(json.ignored);
  expect(JSON.stringify(stored.json)).not.toContain(auth_key);
});

test('keys are in no line of the server’s own log, at its finest level', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const database = await createTestDatabase();
  const keepAll = { bodies: null, postbacks: null, calls: null };
  const config = {
    ...{ host: '127.0.0.1', port: 0, publicUrl: null, databaseUrl: database.url, dataDir: '/nowhere' },
    ...{
      adminToken: 'test-admin-token-0002',
      twilioAuthToken: null,
      openId: null,
      mail: null,
      passwordCost,
      trustedProxies: [],
      outgoingAllowedNetworks: [],
    },
    ...{ liveCallHoursMax: null, retention: keepAll, logLevel: 'trace', logPostbacks: 'all' as const },
  };
  const logged = await startServer(config, pino({ level: 'trace' }, stream));
  const headers = { authorization: 'Bearer test-admin-token-0002', 'content-type': 'application/json' };
  const created = await fetch(`${logged.url}/api/v1/webhooks/incoming`, {
    ...{ method: 'POST', headers, body: '{"name":"x","type":"update_fields"}' },
  });
  const { auth_key: key } = (await created.json()) as TestWebhook; // the documented answer
  const paths = ['/update-fields', '/update-fields.gif', '/update-tags', '/unknown', '/update-fields/%zz'];
  for (const path of paths) await fetch(`${logged.url}${path}?auth_key=${key}&call_log_id=CA1&reason=r`);
  await fetch(`${logged.url}/update-fields`, { method: 'POST', headers: { 'x-auth-key': key }, body: '{' });
  await sendRaw(logged.url, `GET /update-fields?auth_key=${key} HTTP/1.1\r\nbroken\r\n\r\n`);
  await logged.stop();
  await database.drop();
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('')).not.toContain(key);
});
