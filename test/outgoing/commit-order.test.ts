/**
 * No commit is missed, whatever its ids and clocks say: transactions that commit in another order than they began, rows
 * that come late, and servers whose clocks are wrong.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { firstIdAt } from '../../src/store/database/statements/first-id.ts';
import { holdLock, waitingForLocks } from '../support/database.ts';
import { type Receiver, startReceiver } from '../support/programs/receiver.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
let accountId: unknown;

beforeAll(async () => {
  accountId = (await server.database.query('select account_id from account'))[0]?.['account_id'];
});

async function subscribe(): Promise<Receiver> {
  const receiver = await startReceiver();
  const body = { name: 'x', url: receiver.url, events: ['call.changed'] };
  expect((await server.api('POST', '/webhooks/outgoing', body)).status).toBe(201);
  return receiver;
}

/** Another writer of the same database, such as a server that is slow or whose clock is wrong. */
async function openWriter(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.database.url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

let count = 0;

/** Writes what a batch writes of a postback. @param clockMs of its server */
async function insert(client: pg.Client, callLogId: string, clockMs = Date.now()): Promise<void> {
  count += 1;
  const id = firstIdAt(clockMs).slice(0, -6) + count.toString(16).padStart(6, '0');
  await client.query(
    `insert into postback (account_id, postback_id, changed_by, received_at, applied_at, first_status, status, call_log_id,
       is_dry_run, source_ip, request, update, changes)
     values ($1, $2, 'test', $3, $3, 'applied', 'applied', $4, false, '', '{}', '{}', '{"reason":{"from":null,"to":"x"}}')`,
    [accountId, id, new Date(clockMs).toISOString(), callLogId],
  );
}

const idsOf = (receiver: Receiver) => receiver.received.map(({ json }) => json.call.call_log_id);

test('a transaction that began before others and commits after them is not missed', async () => {
  for (const id of ['slow', 'fast 1', 'fast 2']) await server.createCall(id);
  const receiver = await subscribe();
  const [slow, fast] = [await openWriter(), await openWriter()];
  await slow.query('begin');
  await insert(slow, 'slow');
  await insert(fast, 'fast 1');
  await receiver.wait(1);
  // Passes go on and the cursor moves, while the first transaction is open for longer than any margin.
  await insert(fast, 'fast 2', Date.now() + 1_000);
  await receiver.wait(2);
  const stop = Date.now() + 7_000;
  await expect.poll(() => Date.now() > stop).toBe(true);
  await slow.query('commit');
  await receiver.wait(3);
  expect(idsOf(receiver)).toEqual(['fast 1', 'fast 2', 'slow']);
});

test.each([
  ['an hour behind', -3_600_000],
  ['an hour ahead', 3_600_000],
  ['years behind', -100_000_000_000],
  ['years ahead', 100_000_000_000],
])('a server whose clock is %s is heard, and hides no other', async (name, skewMs) => {
  const ids = [0, 1, 2, 3].map((at) => `${name} ${at}`);
  for (const id of ids) await server.createCall(id);
  const receiver = await subscribe();
  const writer = await openWriter();
  for (const [at, id] of ids.entries()) {
    await insert(writer, id, Date.now() + (at % 2 === 0 ? skewMs : 0));
    await receiver.wait(at + 1);
  }
  expect(idsOf(receiver)).toEqual(ids);
});

test('what many transactions commit in any order arrives, once each, in the order of the calls’ locks', {
  timeout: 120_000,
}, async () => {
  const calls = Array.from({ length: 5 }, (_one, at) => `any ${at}`);
  for (const id of calls) await server.createCall(id);
  const receiver = await subscribe();
  const rounds = 30;
  const written: Record<string, number[]> = Object.fromEntries(calls.map((id) => [id, []]));
  const work = async (writer: pg.Client, seed: number) => {
    for (let round = 0; round < rounds; round += 1) {
      const id = calls[(seed + round * 7) % calls.length] ?? '';
      const mark = seed * 1_000 + round;
      await writer.query('begin');
      await writer.query('select from call where account_id = $1 and call_log_id = $2 for no key update', [
        accountId,
        id,
      ]);
      await insertMarked(writer, id, mark);
      written[id]?.push(mark); // under the lock
      await writer.query('select pg_sleep($1)', [((seed * 13 + round * 29) % 40) / 1_000]);
      await writer.query('commit');
    }
  };
  await Promise.all(Array.from({ length: 6 }, async (_one, seed) => work(await openWriter(), seed)));
  const received = await receiver.wait(6 * rounds);
  expect(received).toHaveLength(6 * rounds);
  expect(new Set(received.map(({ json }) => json.id)).size).toBe(6 * rounds);
  for (const id of calls) {
    const ofCall = received.filter(({ json }) => json.call.call_log_id === id);
    expect(ofCall.map(({ json }) => json.sequence)).toEqual(ofCall.map((_json, at) => at + 1));
    expect(ofCall.map(({ json }) => Number(json.changes.reason.to))).toEqual(written[id]);
  }
});

/** With an id of up to two seconds ago, so that ids say nothing of the order. */
async function insertMarked(client: pg.Client, callLogId: string, mark: number): Promise<void> {
  const ms = Date.now() - ((mark * 331) % 1_500);
  count += 1;
  const id = firstIdAt(ms).slice(0, -6) + count.toString(16).padStart(6, '0');
  await client.query(
    `insert into postback (account_id, postback_id, changed_by, received_at, applied_at, first_status, status, call_log_id,
       is_dry_run, source_ip, request, update, changes)
     values ($1, $2, 'test', $3, $3, 'applied', 'applied', $4, false, '', '{}', '{}', $5)`,
    [
      accountId,
      id,
      new Date(ms).toISOString(),
      callLogId,
      JSON.stringify({ reason: { from: null, to: String(mark) } }),
    ],
  );
}

/** What was written so far was written a while ago. */
async function ageRows(): Promise<void> {
  for (const table of ['postback', 'call_event'])
    await server.database.query(`update ${table} set written_at = now() - interval '10 seconds'`);
}

/** As a restored backup has it, of a database that has seen more transactions. */
const moveCursor = () =>
  server.database.query(
    `update outgoing_cursor set snapshot = '99999999990:99999999990:', mark_xid = 99999999990`,
  );

test('a cursor of another database cluster, as a restored backup has it, misses and repeats nothing', async () => {
  await server.createCall('restored');
  await ageRows();
  const receiver = await subscribe();
  const writer = await openWriter();
  await insert(writer, 'restored');
  await receiver.wait(1);
  await moveCursor();
  await insert(writer, 'restored');
  await receiver.wait(2);
  await insert(writer, 'restored');
  await receiver.wait(3);
  expect(receiver.received.map(({ json }) => json.sequence)).toEqual([1, 2, 3]);
  expect(new Set(receiver.received.map(({ json }) => json.id)).size).toBe(3);
});

test('a cursor of another database cluster brings no webhook what was written before it was created', async () => {
  await server.createCall('earlier');
  const writer = await openWriter();
  await insert(writer, 'earlier');
  await insert(writer, 'earlier', Date.now() + 3_600_000); // by a server whose clock is ahead
  await ageRows();
  const receiver = await subscribe();
  await moveCursor();
  for (const sent of [1, 2]) {
    await insert(writer, 'earlier');
    await receiver.wait(sent);
  }
  const rows = await server.database.query(
    `select postback_id from postback where call_log_id = 'earlier' order by written_at desc limit 2`,
  );
  const ids = rows.map(({ postback_id: id }) => `evt_${String(id).replaceAll('-', '')}_changed`);
  expect(receiver.received.map(({ json }) => json.id)).toEqual(ids.reverse());
});

test('a webhook that is deleted while its events are being stored leaves none of them pending', async () => {
  await server.createCall('deleted');
  const receiver = await startReceiver();
  const body = { name: 'x', url: receiver.url, events: ['call.changed'] };
  const { json: webhook } = await server.api('POST', '/webhooks/outgoing', body);
  const [writer, other] = [await openWriter(), await openWriter()];
  await writer.query('begin');
  await insert(writer, 'deleted');
  // The pass that finds the event waits for a transaction that has stored it, and is then rolled back.
  const { rows } = await writer.query(`select postback_id as id from postback where call_log_id = 'deleted'`);
  await other.query('begin');
  await other.query(
    `insert into delivery (account_id, delivery_id, webhook_id, event_id, event_type, event, status)
     values ($1, $2, $3, $4, 'call.changed', '{}', 'delivered')`,
    [accountId, rows[0].id, webhook.id, `evt_${String(rows[0].id).replaceAll('-', '')}_changed`],
  );
  await writer.query('commit');
  await expect.poll(() => waitingForLocks(server.database)).toHaveLength(1);
  const deleted = server.api('DELETE', `/webhooks/outgoing/${webhook.id}`);
  await Promise.race([deleted, sleep(500)]);
  await other.query('rollback');
  expect((await deleted).status).toBe(204);
  const read = () => server.database.query('select status from delivery where webhook_id = $1', [webhook.id]);
  await expect.poll(read).toHaveLength(1);
  expect(await read()).not.toEqual([{ status: 'pending' }]);
});

test('a change of a webhook whose events are being read for long is to be tried again', async () => {
  const receiver = await startReceiver();
  const body = { name: 'x', url: receiver.url, events: ['call.changed'] };
  const { json } = await server.api('POST', '/webhooks/outgoing', body);
  // On Citus on the worker of the account, as the reader does.
  const reader = await holdLock(
    server.database,
    `select pg_advisory_xact_lock(74642227, hashtext(account_id::text)) from outgoing_cursor where account_id = '${accountId}'`,
  );
  const answers = await Promise.all([
    server.api('POST', '/webhooks/outgoing', body),
    server.api('PATCH', `/webhooks/outgoing/${json.id}`, { name: 'y' }),
    server.api('DELETE', `/webhooks/outgoing/${json.id}`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  await reader.release();
  expect((await server.api('DELETE', `/webhooks/outgoing/${json.id}`)).status).toBe(204);
});
