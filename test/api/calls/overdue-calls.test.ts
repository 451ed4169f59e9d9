/** Live calls that never end are completed after a set time (`LIVE_CALL_HOURS_MAX`), with what waits for them. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, holdLock, lockOfCalls, type TestDatabase } from '../../support/database.ts';
import { startTestServerOn, type TestServer, type TestWebhook } from '../../support/server.ts';

const liveCallHoursMax = 24;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

let database: TestDatabase;
/** takes calls and postbacks, and completes nothing automatically */
let server: TestServer;
let webhook: TestWebhook;

beforeEach(async () => {
  database = await createTestDatabase();
  server = await startTestServerOn(database);
  webhook = await server.createWebhook();
});

afterEach(async () => {
  await server.stop();
  await database.drop();
});

const createLive = (id: string, started_at: string) => server.createCall(id, { state: 'live', started_at });

/** Servers that look for overdue calls as they start; resolves when there are as few live calls as wanted. */
async function sweep(livesLeft: number, servers = 1): Promise<void> {
  const sweepers = await Promise.all(
    Array.from({ length: servers }, () => startTestServerOn(database, { liveCallHoursMax })),
  );
  const countLive = () => database.query(`select count(*)::int from call where state = 'live'`);
  await expect.poll(countLive).toEqual([{ count: livesLeft }]);
  await Promise.all(sweepers.map((sweeper) => sweeper.stop()));
}

test('a call that is live for too long is completed with its queued updates, and its timeline says by whom', async () => {
  await createLive('overdue', hoursAgo(25));
  await createLive('live', hoursAgo(23));
  for (const id of ['overdue', 'live']) {
    await server.post(webhook, { call_log_id: id, revenue_paid_out: '7', transaction_id: id });
    await server.post(webhook, { call_log_id: id, add: { deal: 'won' } });
  }
  await sweep(1);
  expect(await server.readCall('overdue')).toMatchObject({
    state: 'completed',
    ended_at: null,
    revenue_paid_out: '7.00',
    tags: { deal: 'won' },
    queued_updates: 0,
  });
  expect(await server.readCall('live')).toMatchObject({ state: 'live', queued_updates: 2 });
  const { items } = (await server.api('GET', '/calls/overdue/timeline')).json;
  expect(items.at(-1)).toMatchObject({
    kind: 'completed',
    by: 'Ringback: no end within 24 h',
    changes: { state: { from: 'live', to: 'completed' } },
  });
  // The sender that repeats gets its first answer; new updates are applied at once.
  const again = await server.post(webhook, {
    call_log_id: 'overdue',
    revenue_paid_out: '7',
    transaction_id: 'overdue',
  });
  expect(again).toMatchObject({ status: 202, json: { status: 'queued', duplicate: true } });
  expect((await server.post(webhook, { call_log_id: 'overdue', reason: 'x' })).status).toBe(200);
});

test('the end that is reported late still fills unknown fields, and undoes no postback', async () => {
  await createLive('late', hoursAgo(30));
  await server.post(webhook, { call_log_id: 'late', revenue_paid_out: '7' });
  await sweep(0);
  const ended_at = hoursAgo(1);
  const end = { ended_at, duration_seconds: 104_400, end_status: 'answered' };
  const { status, json } = await server.api('POST', '/calls/late/complete', end);
  expect(status).toBe(200);
  expect(json).toMatchObject({ state: 'completed', ...end, revenue_paid_out: '7.00' });
  const more = { call_log_id: 'late', buyer: 'Acme', revenue_paid_out: '1', ended_at: hoursAgo(0) };
  expect((await server.api('POST', '/calls', more)).json).toMatchObject({
    buyer: 'Acme',
    revenue_paid_out: '7.00',
    ended_at,
  });
});

test('many processes at once complete each call once, of every account', async () => {
  const accountId = '00000000-0000-7000-8000-000000000001';
  await database.query(
    `insert into account (account_id, name, created_at, updated_at) values ($1, 'Other', now(), now())`,
    [accountId],
  );
  await database.query(
    'insert into api_token (token_hash, account_id, name, created_at) values ($1, $2, $3, now())',
    [randomBytes(32), accountId, 'other'],
  );
  // More than a page of each account.
  await database.query(
    `insert into call (account_id, call_log_id, state, started_at, converted, tags, created_at, updated_at)
     select account_id, 'c' || n, 'live', now() - interval '25 hours', false, '{}', now(), now()
     from account, generate_series(1, 150) n`,
  );
  await sweep(0, 3);
  const counts = await database.query(
    `select account_id, count(*)::int, count(distinct call_log_id)::int as calls from call_event
     where kind = 'completed' group by 1`,
  );
  expect(counts.map(({ count, calls }) => [count, calls])).toEqual([
    [150, 150],
    [150, 150],
  ]);
});

test('a call that somebody holds is passed by and holds up no other', async () => {
  await createLive('held', hoursAgo(48));
  await createLive('free', hoursAgo(26));
  const holder = await holdLock(database, await lockOfCalls(database, ['held']));
  await sweep(1);
  expect(await server.readCall('free')).toMatchObject({ state: 'completed' });
  await holder.release();
  await sweep(0);
});

test('a call whose reported times are out of order is completed too, with what waits for it', async () => {
  const times = { started_at: hoursAgo(30), answered_at: hoursAgo(31) };
  await server.createCall('late start', { state: 'live', phone_number: '+12135550142', ...times });
  await server.post(webhook, { call_log_id: 'late start', revenue_paid_out: '7' });
  await sweep(0);
  expect(await server.readCall('late start')).toMatchObject({
    state: 'completed',
    started_at: times.answered_at,
    revenue_paid_out: '7.00',
    queued_updates: 0,
  });
});
