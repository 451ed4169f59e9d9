/** One line of the log for each postback, as LOG_POSTBACKS asks for. */
import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { passwordCost } from '../../src/core/access/password.ts';
import { gatherLines } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';
import { createTestDatabase } from '../support/database.ts';
import { TestServer } from '../support/server.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { callEvent, firstToken, sendStatus, statusPath } from '../support/twilio.ts';

type Line = Record<string, unknown>;

let stop = async () => {};

afterEach(async () => {
  await stop();
  stop = async () => {};
});

/** A server whose log can be read. */
async function startLogged(
  logPostbacks: Config['logPostbacks'],
): Promise<{ server: TestServer; lines: Line[] }> {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const database = await createTestDatabase();
  const dataDir = await makeTemporaryFolder();
  const config: Config = {
    ...{ host: '127.0.0.1', port: 0, publicUrl: null, databaseUrl: database.url, dataDir },
    ...{
      adminToken: 'test-admin-token-0001',
      twilioAuthToken: null,
      openId: null,
      mail: null,
      passwordCost,
      trustedProxies: [],
      outgoingAllowedNetworks: [],
    },
    ...{ liveCallHoursMax: null, retention: { bodies: null, postbacks: null, calls: null } },
    ...{ logLevel: 'info', logPostbacks },
  };
  const started = await startServer(config, log);
  stop = async () => {
    await started.stop();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { server: new TestServer(started.url, database, 'test-admin-token-0001', async () => {}), lines };
}

const ofPostbacks = (lines: Line[]) => lines.filter(({ msg }) => msg === 'postback');

test('every postback has a line with its request and its result, and never the key', async () => {
  const { server, lines } = await startLogged('all');
  const webhook = await server.createWebhook();
  await server.createCall('C1', { phone_number: '+12135550142' });
  const body = { call_log_id: 'C1', reason: 'x', transaction_id: 't1' };
  const first = await server.post(webhook, body);
  await server.post(webhook, body);
  await server.get(webhook, [
    ['phone_number', '2135550142'],
    ['converted', 'true'],
    ['dry_run', 'true'],
  ]);
  await server.get(webhook, [
    ['call_log_id', webhook.auth_key],
    ['reason', 'x'],
  ]);
  await server.post({ ...webhook, auth_key: 'rbk_unknown' }, body);
  const [one, repeat, dry, lost, unknown] = ofPostbacks(lines);
  const who = {
    account_id: expect.any(String),
    webhook_id: webhook.id,
    type: 'update_fields',
    ip: '127.0.0.1',
  };
  const base = { ...who, level: 30, duplicate: false, dry_run: false, ms: expect.any(Number) };
  const { postback_id } = first.json;
  const bytes = JSON.stringify(body).length;
  const applied = {
    ...base,
    method: 'POST',
    status: 'applied',
    call_log_id: 'C1',
    matched_by: 'call_log_id',
    bytes,
  };
  expect(one).toMatchObject({ ...applied, postback_id });
  expect(repeat).toMatchObject({ ...applied, postback_id, duplicate: true });
  expect(dry).toMatchObject({
    ...base,
    method: 'GET',
    matched_by: 'phone_number',
    call_log_id: 'C1',
    dry_run: true,
  });
  expect(lost).toMatchObject({ ...base, status: 'rejected', code: 'invalid_value' });
  expect(unknown).toMatchObject({
    status: 'rejected',
    code: 'invalid_auth_key',
    ip: '127.0.0.1',
    method: 'POST',
  });
  expect(unknown).not.toHaveProperty('webhook_id');
  expect(JSON.stringify(lines)).not.toMatch(/rbk_/);
});

test('items of a batch, of an atomic one too, and rows of a file name what they were one of', async () => {
  const { server, lines } = await startLogged('all');
  const webhook = await server.createWebhook();
  await server.createCall('C1');
  const send = (body: object) =>
    server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body,
    });
  const updates = [
    { call_log_id: 'C1', reason: 'a' },
    { call_log_id: 'C1', reason: 'b' },
  ];
  for (const atomic of [false, true]) {
    lines.splice(0);
    const { json } = await send({ updates, atomic });
    expect(ofPostbacks(lines).map((line) => line['batch_id'])).toEqual([json.batch_id, json.batch_id]);
  }
  lines.splice(0);
  await server.request('/api/v1/imports?import_key=november', {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
    body: 'call_log_id,reason\nC1,c\n',
  });
  expect(ofPostbacks(lines)).toMatchObject([
    { import_key: 'november', call_log_id: 'C1', status: 'applied' },
  ]);
});

test.each([
  ['rejected', ['call_not_found', 'invalid_auth_key']],
  ['none', []],
] as const)('LOG_POSTBACKS=%s leaves out the others', async (choice, codes) => {
  const { server, lines } = await startLogged(choice);
  const webhook = await server.createWebhook();
  await server.createCall('C1');
  await server.post(webhook, { call_log_id: 'C1', reason: 'x' });
  await server.post(webhook, { call_log_id: 'missing', reason: 'x' });
  await server.post({ ...webhook, auth_key: 'wrong' }, { reason: 'x' });
  expect(ofPostbacks(lines).map(({ code }) => code)).toEqual(codes);
});

test('lines are written some at once, in their order, and those that warn at once with what was before them', async () => {
  const written: string[] = [];
  const log = pino(
    { base: null, timestamp: false },
    gatherLines((text) => void written.push(text)),
  );
  log.info('one');
  log.info('two');
  expect(written).toEqual([]);
  log.warn('three');
  expect(written.splice(0)).toEqual([
    '{"level":30,"msg":"one"}\n{"level":30,"msg":"two"}\n{"level":40,"msg":"three"}\n',
  ]);
  log.info('four');
  await expect.poll(() => written.join('')).toBe('{"level":30,"msg":"four"}\n');
  for (let at = 0; at < 1_000; at += 1) log.info(`line ${at}`);
  expect(written.length).toBeGreaterThan(1);
  expect(Math.max(...written.map((text) => text.length))).toBeLessThan(10_000);
});

test('every way to send postbacks writes its lines and counts in the metrics', async () => {
  const { server, lines } = await startLogged('all');
  const webhook = await server.createWebhook();
  const items = (id: string) => [
    { call_log_id: id, reason: 'one' },
    { call_log_id: id, reason: 'two' },
  ];
  const batch = (body: unknown) =>
    server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body,
    });
  const lost = await server.post(webhook, { call_log_id: 'C1', reason: 'early' });
  await server.post(webhook, { call_log_id: 'C3', reason: 'early' });
  const mapping = { fields: { call_log_id: 'id', reason: { from: 'why', words: { a: 'A' } } } };
  const keeping = await server.createWebhook('update_fields', { mapping, on_unreadable: 'keep' });
  await server.createCall('C1');
  await server.createCall('C3', { publisher: 'Acme' });
  const single = await server.post(webhook, { call_log_id: 'C3', reason: 'to undo' });
  await server.api('PATCH', '/account', { twilio_auth_token: firstToken });
  const leg = {
    ...callEvent('CA-leg', 'in-progress'),
    ParentCallSid: 'CA-parent',
    Direction: 'outbound-dial',
  };
  const ways: Record<string, () => Promise<unknown>> = {
    single: () => server.post(webhook, { call_log_id: 'C1', reason: 'single' }),
    pixel: () =>
      server.get(webhook, [
        ['call_log_id', 'C1'],
        ['reason', 'pixel'],
      ]),
    undo: () => server.api('POST', `/postbacks/${single.json.postback_id}/undo`),
    'replay of rejected ones': () => server.api('POST', '/postbacks/replay-rejected', { call_log_id: 'C3' }),
    'undo of a period': () =>
      server.api('POST', `/webhooks/incoming/${webhook.id}/undo`, { from: '2020-01-01', to: '2099-12-31' }),
    'change of many calls': () =>
      server.api('POST', '/call-changes', { filter: { publisher: 'Acme' }, change: { reason: 'many' } }),
    'kept request': () => server.post(keeping, { id: 'C1', why: 'b' }),
    'replay of kept ones': async () => {
      const words = { a: 'A', b: 'B' };
      const corrected = { fields: { call_log_id: 'id', reason: { from: 'why', words } } };
      await server.api('PATCH', `/webhooks/incoming/${keeping.id}`, { mapping: corrected });
      await server.api('POST', `/webhooks/incoming/${keeping.id}/replay-kept`);
    },
    'leg before its call': () =>
      sendStatus(server, {
        form: leg,
        signedUrl: `http://localhost:${new URL(server.url).port}${statusPath}`,
      }),
    replay: () => server.api('POST', `/postbacks/${lost.json.postback_id}/replay`),
    test: () =>
      server.api('POST', `/webhooks/incoming/${webhook.id}/test`, {
        method: 'POST',
        body: { call_log_id: 'C1', reason: 'test' },
      }),
    hand: () => server.api('PATCH', '/calls/C1', { reason: 'hand' }),
    batch: () => batch(items('C1')),
    'atomic batch': () => batch({ updates: items('C1'), atomic: true }),
    'rejected atomic batch': () => batch({ updates: [...items('C1'), ...items('C2')], atomic: true }),
    import: () =>
      server.request('/api/v1/imports', {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
        body: 'call_log_id,reason\nC1,file\nC2,file\n',
      }),
  };
  const countOf = async () => {
    const { text } = await server.request('/metrics');
    const counts = [...text.matchAll(/^ringback_postbacks_total\{.*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const seen: Record<string, [lines: number, counted: number]> = {};
  for (const [name, send] of Object.entries(ways)) {
    const [linesBefore, countBefore] = [ofPostbacks(lines).length, await countOf()];
    await send();
    seen[name] = [ofPostbacks(lines).length - linesBefore, (await countOf()) - countBefore];
  }
  expect(seen).toEqual({
    single: [1, 1],
    pixel: [1, 1],
    undo: [1, 1],
    'replay of rejected ones': [1, 1],
    'undo of a period': [3, 3],
    'change of many calls': [1, 1],
    'kept request': [1, 1],
    'replay of kept ones': [1, 1],
    'leg before its call': [1, 1],
    replay: [1, 1],
    test: [1, 1],
    hand: [1, 1],
    batch: [2, 2],
    'atomic batch': [2, 2],
    'rejected atomic batch': [4, 4],
    import: [2, 2],
  });
});
