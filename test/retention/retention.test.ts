/** What is older than the settings goes, and nothing else. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { keepRemovingOld, type Retention } from '../../src/jobs/retention.ts';
import { makeOrderedId } from '../../src/ordered-id.ts';
import { firstIdAt } from '../../src/store/database/statements/first-id.ts';
import { createTestDatabase, holdLock, lockOfCalls, type TestDatabase } from '../support/database.ts';
import { startTestWriter, TestWriter, tester } from '../support/test-writer.ts';

const dayMs = 86_400_000;
const nothing: Retention = { bodies: null, postbacks: null, calls: null };
const silent = { warn: () => {} };
const request = '{"method":"POST","query":{"a":"1"},"headers":{"host":"x"},"body":{"reason":"secret"}}';

let database: TestDatabase;
let sut: Awaited<ReturnType<typeof startTestWriter>>;
/** makes ids of one time different */
let made = 0;

beforeEach(async () => {
  database = await createTestDatabase();
  sut = await startTestWriter(database.url);
});

afterEach(async () => {
  await sut.close();
  await database.drop();
});

/** A postback that was received so many days ago. */
function postbackOf(days: number, callLogId: string, transactionId: string | null = null, isDryRun = false) {
  const received = aged(days);
  return sut.postback(callLogId, { reason: `r${made}` }, { ...received, request, transactionId, isDryRun });
}

function aged(days: number) {
  made += 1;
  const receivedMs = Date.now() - days * dayMs + made;
  return { postbackId: firstIdAt(receivedMs), receivedAt: new Date(receivedMs).toISOString() };
}

async function createOldCalls(days: number, ids: string[], state = 'completed'): Promise<void> {
  const startedAt = new Date(Date.now() - days * dayMs).toISOString();
  await sut.createCalls(ids, { state, started_at: startedAt });
}

/** Runs until `isDone`. @returns how many rows of each kind went */
async function remove(
  retention: Partial<Retention>,
  isDone: () => Promise<boolean>,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  const stop = keepRemovingOld(sut.store, { ...nothing, ...retention }, silent, (kind, count) => {
    removed[kind] = (removed[kind] ?? 0) + count;
  });
  await expect.poll(isDone).toBe(true);
  await stop();
  return removed;
}

async function count(sql: string): Promise<number> {
  return Number((await database.query(`select count(*)::int as n from ${sql}`))[0]?.['n']);
}

const withBody = `postback where request ->> 'body' is not null`;

test('bodies go, and what they did stays: update, changes, timeline and the memory of transaction ids', async () => {
  await sut.createCalls(['C1']);
  const first = postbackOf(31, 'C1', 'order-1');
  await sut.send(first, postbackOf(29, 'C1'));
  const rest = `select postback_id, status, update, changes, call_log_id, transaction_id from postback order by 1`;
  const before = await database.query(rest);

  const removed = await remove({ bodies: 30 }, async () => (await count(withBody)) === 1);
  expect(removed).toEqual({ bodies: 1 });
  expect(await database.query('select request from postback order by postback_id')).toEqual([
    { request: { method: 'POST', query: {}, headers: {}, removed: true } },
    { request: JSON.parse(request) },
  ]);
  expect(await database.query(rest)).toEqual(before);
  const [repeat] = await sut.send({ ...first, postbackId: firstIdAt(Date.now()) });
  expect(repeat).toMatchObject({ isDuplicate: true, postbackId: first.postbackId });

  // The next pass begins where this one ended.
  expect(await sut.store.removeOld('bodies', sut.accountId, new Date().toISOString(), null)).toMatchObject({
    removed: 1,
  });
});

test('old postbacks go in steps; queued updates stay, and are applied when their call ends', async () => {
  await sut.createCalls(['C1']);
  await createOldCalls(50, ['live'], 'live');
  const queued = postbackOf(40, 'live');
  const old = Array.from({ length: 1_200 }, () => postbackOf(31, 'C1'));
  const young = postbackOf(29, 'C1');
  await sut.send(queued, postbackOf(40, 'live', null, true), ...old, young);

  const removed = await remove({ postbacks: 30 }, async () => (await count('postback')) <= 2);
  expect(removed).toEqual({ postbacks: 1_201 }); // a dry run waits for nothing
  const left = await database.query('select postback_id, status from postback order by 1');
  expect(left).toEqual([
    { postback_id: queued.postbackId, status: 'queued' },
    { postback_id: young.postbackId, status: 'applied' },
  ]);
  await sut.createCalls(['live'], { state: 'completed' });
  expect(await sut.store.readCall(sut.accountId, 'live')).toMatchObject({ values: queued.update.set });
});

test('an old postback that waits for its call stays, and is applied when its call comes', async () => {
  const wait = { expiresAt: new Date(Date.now() + dayMs).toISOString() };
  const waiting = { ...postbackOf(40, 'late'), wait: { ...wait, until: wait.expiresAt } };
  const done = postbackOf(40, 'none');
  await sut.send(waiting, done);
  expect(await remove({ postbacks: 30 }, async () => (await count('postback')) <= 1)).toEqual({
    postbacks: 1,
  });
  await sut.createCalls(['late']);
  expect(await sut.store.readCall(sut.accountId, 'late')).toMatchObject({ values: waiting.update.set });
});

test('a transaction id is forgotten with its postback', async () => {
  await sut.createCalls(['C1']);
  const first = postbackOf(31, 'C1', 'order-1');
  await sut.send(first);
  await remove({ postbacks: 30 }, async () => (await count('postback')) === 0);
  const [again] = await sut.send({ ...first, postbackId: firstIdAt(Date.now()) });
  expect(again).toMatchObject({ isDuplicate: false, status: 'unchanged' });
});

test('old calls go with all that is known of them; live and young ones stay', async () => {
  const old = Array.from({ length: 250 }, (_, at) => `old ${at}`);
  await createOldCalls(31, old);
  await createOldCalls(31, ['live'], 'live');
  await createOldCalls(29, ['young']);
  await sut.send(...['old 0', 'live', 'young'].map((id) => postbackOf(1, id)));
  const removed = await remove({ calls: 30 }, async () => (await count('call')) <= 2);
  expect(removed).toEqual({ calls: 250 });
  for (const table of ['call', 'postback', 'call_event']) {
    const rows = await database.query(`select distinct call_log_id as id from ${table} order by 1`);
    expect(rows, table).toEqual([{ id: 'live' }, { id: 'young' }]);
  }
});

test('a call that is being written is left to the next pass', async () => {
  await createOldCalls(31, ['busy', 'idle']);
  const writing = await holdLock(database, await lockOfCalls(database, ['busy'], 'for no key update'));
  await remove({ calls: 30 }, async () => (await count('call')) === 1);
  expect(await database.query('select call_log_id from call')).toEqual([{ call_log_id: 'busy' }]);
  await writing.release();
  await remove({ calls: 30 }, async () => (await count('call')) === 0);
});

test('bodies of rows that a completion holds are not waited for', async () => {
  await createOldCalls(31, ['live'], 'live');
  await sut.send(postbackOf(31, 'live'));
  const completing = await holdLock(
    database,
    `select from postback where account_id = '${sut.accountId}' for update`,
  );
  const now = new Date().toISOString();
  expect(await sut.store.removeOld('bodies', sut.accountId, now, null)).toBe('busy');
  await completing.release();
  expect(await sut.store.removeOld('bodies', sut.accountId, now, null)).toMatchObject({
    removed: 1,
    next: null,
  });
});

test('an account with a row that is held keeps no other one waiting', async () => {
  const otherId = makeOrderedId(); // after the first account
  const now = new Date().toISOString();
  await database.query(
    'insert into account (account_id, name, created_at, updated_at) values ($1, $2, $3, $3)',
    [otherId, 'Other', now],
  );
  const settings = {
    name: 'CRM',
    type: 'update_fields',
    matchWindowHours: 168,
    matchRule: 'latest',
  } as const;
  const webhook = await sut.store.createWebhook(otherId, settings, randomBytes(32), tester);
  const other = new TestWriter(sut.store, otherId, webhook.webhookId, {});
  onTestFinished(() => other.writer.close());
  for (const one of [sut, other]) {
    await one.createCalls(['C1']);
    await one.send(one.postback('C1', { reason: 'old' }, { ...aged(31), request }));
  }
  const completing = await holdLock(
    database,
    `select from postback where account_id = '${sut.accountId}' for update`,
  );
  await remove({ bodies: 30 }, async () => (await count(withBody)) === 1);
  expect(await count(`${withBody} and account_id = '${otherId}'`)).toBe(0);
  await completing.release();
  await remove({ bodies: 30 }, async () => (await count(withBody)) === 0);
});

test('several processes remove each row once, beside senders who notice nothing', async () => {
  await sut.createCalls(['C1']);
  await sut.send(...Array.from({ length: 3_000 }, () => postbackOf(31, 'C1')));
  const others = await Promise.all([1, 2].map(() => startTestWriter(database.url)));
  let removed = 0;
  const stops = [sut, ...others].map(({ store }) =>
    keepRemovingOld(store, { ...nothing, postbacks: 30 }, silent, (_kind, rows) => {
      removed += rows;
    }),
  );
  const old = `postback where postback_id < '${firstIdAt(Date.now() - 30 * dayMs)}'`;
  let sent = 0;
  while ((await count(old)) > 0) {
    const outcomes = await sut.send(...Array.from({ length: 20 }, () => postbackOf(0, 'C1')));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['applied']));
    sent += outcomes.length;
  }
  await Promise.all(stops.map((stop) => stop()));
  await Promise.all(others.map((other) => other.close()));
  expect(removed).toBe(3_000);
  expect(sut.failures).toEqual([]);
  expect(await count('postback')).toBe(sent);
});

/** Deliveries of events that are about no call, so many days old. */
const addDeliveries = (days: number, howMany: number) =>
  database.query(
    `insert into delivery (account_id, delivery_id, webhook_id, event_id, event_type, event, status)
     select $1, ($2 || lpad(to_hex(n), 6, '0'))::uuid, $3, 'evt_' || $4 || n, 'attention.raised', '{}', 'delivered'
     from generate_series(1, $5::int) n`,
    [
      ...[
        sut.accountId,
        firstIdAt(Date.now() - days * dayMs).slice(0, -6),
        firstIdAt(0),
        `${days}_`,
        howMany,
      ],
    ],
  );

test('old deliveries go in one pass, however few postbacks there are', async () => {
  await addDeliveries(31, 4_500);
  await addDeliveries(29, 1);
  await remove({ postbacks: 30 }, async () => (await count('delivery')) <= 1);
  expect(await count('delivery')).toBe(1);
});

test('bodies of many replayed requests go in one pass', async () => {
  await sut.createCalls(['C1']);
  await sut.send(...Array.from({ length: 350 }, () => postbackOf(40, 'C1')));
  await remove({ bodies: 30 }, async () => (await count(withBody)) === 0);
  // As if they had been replayed before the bodies went, and a month ago.
  await database.query(`update postback set request = $1, replayed_at = now() - interval '31 days'`, [
    request,
  ]);
  await remove({ bodies: 30 }, async () => (await count(withBody)) === 0);
});
