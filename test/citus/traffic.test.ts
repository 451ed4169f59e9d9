/**
 * On Citus alone: what the server asks its database while postbacks, calls and undos come in, heard at its connections. Each
 * statement on what grows runs on the shard of its account alone.
 */
import pg from 'pg';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { spreadTables } from '../../src/store/maintenance/distribute.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { oneShard, readPlan, severalSteps } from './plans.ts';

/** Hears every statement with values that this process sends. @returns the values of one use, by the text */
function listen(): Map<string, unknown[]> {
  const used = new Map<string, unknown[]>();
  const prepared = new WeakMap<object, Map<string, string>>();
  const { parse, bind } = pg.Connection.prototype;
  const parsing = vi.spyOn(pg.Connection.prototype, 'parse').mockImplementation(function (
    this: pg.Connection,
    query,
    more,
  ) {
    const texts = prepared.get(this) ?? new Map<string, string>();
    prepared.set(this, texts.set(query.name ?? '', query.text));
    parse.call(this, query, more);
  });
  const binding = vi.spyOn(pg.Connection.prototype, 'bind').mockImplementation(function (
    this: pg.Connection,
    config,
    more,
  ) {
    const text = prepared.get(this)?.get(config?.statement ?? '');
    if (text !== undefined && !used.has(text)) used.set(text, config?.values ?? []);
    bind.call(this, config, more);
  });
  onTestFinished(() => {
    parsing.mockRestore();
    binding.mockRestore();
  });
  return used;
}

const number = '+12135550142';
const start = '2026-11-20T10:00:00Z';

/** Calls from the API and from webhooks: made, changed, found by other ids, with legs in any order, completed. */
async function sendCalls(server: TestServer): Promise<void> {
  const calls = await server.createWebhook('calls');
  await server.createCall('API', { phone_number: number, other_ids: ['API-2'], started_at: start });
  await server.createCall('API', { campaign: 'Solar', other_ids: ['API-3'] });
  await server.api('PATCH', '/calls/API', { reason: 'by hand' });
  const events = [
    { call_log_id: 'leg', parent_call_log_id: 'PBX', connected_seconds: 60, answered_at: start },
    { call_log_id: 'PBX', phone_number: number, state: 'live', other_ids: ['PBX-2'], transaction_id: 'e1' },
    { call_log_id: 'PBX', phone_number: number, state: 'live', other_ids: ['PBX-2'], transaction_id: 'e1' },
    { call_log_id: 'leg2', parent_call_log_id: 'PBX', connected_seconds: 5, answered_at: start },
    { call_log_id: 'PBX', campaign: 'Solar', state: 'live', dry_run: true },
    { call_log_id: 'PBX', phone_number: '+12135550143', state: 'live' },
  ];
  for (const event of events) expect((await server.post(calls, event)).status).toBeLessThan(300);
  const updates = await server.createWebhook();
  expect((await server.post(updates, { call_log_id: 'leg2', reason: 'queued' })).status).toBe(202);
  await server.post(calls, { call_log_id: 'PBX', state: 'completed' });
  await server.post(calls, { call_log_id: 'PBX', state: 'completed', buyer: 'Late' });
  expect(await server.readCall('leg')).toMatchObject({ reason: 'queued', buyer: 'Late' });
}

/** Postbacks that wait for an id, for a number and for a leg, data of a caller, and what people do with them. */
async function sendEarly(server: TestServer): Promise<void> {
  const waiting = await server.createWebhook('update_fields', { unmatched: 'wait' });
  const data = await server.createWebhook('call_data');
  const wait = async (body: object) => {
    const { json } = await server.post(waiting, body);
    expect(json.status).toBe('waiting');
    return json.postback_id;
  };
  await wait({ call_log_id: 'early', revenue_paid_out: '2' });
  await wait({ phone_number: '+12135550150', revenue_paid_out: '3', transaction_id: 'w1' });
  expect((await server.post(data, { phone_number: '+12135550150', zip: '90210' })).status).toBe(202);
  await server.api('GET', '/call-data?phone_number=%2B12135550150');
  expect(await server.createCall('early')).toMatchObject({ revenue_paid_out: '2.00' });
  const call = await server.createCall('early 2', { phone_number: '+12135550150' });
  expect(call).toMatchObject({ revenue_paid_out: '3.00', tags: { zip: '90210' } });
  const wrong = await wait({ call_log_id: 'a typo', revenue_paid_out: '4' });
  expect((await server.api('POST', `/postbacks/${wrong}/attach`, { call_log_id: 'early' })).status).toBe(200);
  const vain = await wait({ call_log_id: 'another', revenue_paid_out: '4' });
  await server.api('POST', `/postbacks/${vain}/dismiss`, { reason: 'a test' });
}

/** Updates of every kind, repeats, corrections, undos, batches, and kept requests that are read again. */
async function sendUpdates(server: TestServer): Promise<void> {
  const webhook = await server.createWebhook('update_fields', { same_transaction: 'correct' });
  await server.createCall('U', { phone_number: '+12135550160' });
  await server.createCall('U live', { state: 'live', phone_number: '+12135550161' });
  await server.post(webhook, { call_log_id: 'U', revenue_paid_out: '1', transaction_id: 'u1' });
  await server.post(webhook, { call_log_id: 'U', revenue_paid_out: '1', transaction_id: 'u1' });
  const corrected = await server.post(webhook, {
    ...{ call_log_id: 'U', revenue_paid_out: '2', transaction_id: 'u1' },
  });
  expect(corrected.json.undo_of).toEqual(expect.any(String));
  await server.post(webhook, { phone_number: '+12135550160', converted: true, add: ['deal:won'] });
  const queued = await server.post(webhook, { phone_number: '+12135550161', reason: 'x' });
  for (const { json } of [queued, corrected])
    expect((await server.api('POST', `/postbacks/${json.postback_id}/undo`)).status).toBeLessThan(300);
  const batch = [{ call_log_id: 'U', reason: 'batch' }, { call_log_id: 'none' }];
  const path = `${new URL(webhook.url).pathname}/batch`;
  const headers = { 'x-auth-key': webhook.auth_key };
  for (const body of [batch, { updates: batch.slice(0, 1), atomic: true }])
    expect((await server.request(path, { method: 'POST', headers, body })).status).toBe(200);
  expect((await server.api('POST', '/calls/U%20live/complete')).status).toBe(200);
  const mapping = { fields: { call_log_id: 'id', converted: { from: 'status', words: { sold: true } } } };
  const keeping = await server.createWebhook('update_fields', { mapping, on_unreadable: 'keep' });
  expect((await server.post(keeping, { id: 'U', status: 'won' })).json.status).toBe('kept');
  await server.api('POST', `/webhooks/incoming/${keeping.id}/replay-kept`);
}

test.skipIf(inject('citusWorkers').length === 0)(
  'every statement of postbacks, calls, waiting and undo runs on the shard of its account alone (skipped: no addresses of workers)',
  async () => {
    const server = await startTestServer();
    onTestFinished(() => server.stop());
    const used = listen();
    await sendCalls(server);
    await sendEarly(server);
    await sendUpdates(server);
    const ofSpread = new RegExp(`\\b(?:from|join|update|into) (?:${spreadTables.join('|')})\\b`);
    const statements = [...used].filter(([text]) => ofSpread.test(text));
    const client = new pg.Client({ connectionString: server.database.url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(`set plan_cache_mode = 'auto'`);
    const others: string[] = [];
    for (const [text, values] of statements) {
      const plan = await readPlan(client, text, values).catch((error: Error) => error.message);
      if (!oneShard.test(plan) || severalSteps.test(plan)) others.push(`${text}\n→ ${plan}`);
    }
    expect(others).toEqual([]);
    expect(statements.length).toBeGreaterThan(25);
  },
);
