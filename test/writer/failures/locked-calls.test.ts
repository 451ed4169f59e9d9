/** An open transaction holds a call: its postbacks wait for a bounded time, and no others wait with them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DatabaseProxy } from '../../support/database/database-proxy.ts';
import { createTestDatabase, holdLock, lockOfCalls, type TestDatabase } from '../../support/database.ts';
import { type Answer, startTestServerOn, type TestServer, type TestWebhook } from '../../support/server.ts';
import { startTestWriter } from '../../support/test-writer.ts';

let database: TestDatabase;
let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startTestServerOn(database, {}, 1);
  webhook = await server.createWebhook();
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

const hold = async (callLogId: string) => holdLock(database, await lockOfCalls(database, [callLogId]));

/** More calls than lanes by far, so that every lane has many. */
const neighbours = (name: string) => Array.from({ length: 60 }, (_, at) => `${name} ${at}`);

async function timed(sending: Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const startMs = performance.now();
  return { answer: await sending, ms: performance.now() - startMs };
}

test('the neighbours of a locked call are answered promptly, and the call’s own postback is rejected in seconds', async () => {
  const ids = neighbours('near');
  // Calls of one number wait for each other when they are made.
  for (const id of [...ids, 'held']) await server.createCall(id, { phone_number: '+12125550100' });
  const holder = await hold('held');
  const send = (call_log_id: string) => timed(server.post(webhook, { call_log_id, revenue_paid_out: 5 }));
  const held = Promise.all([send('held'), send('held')]);
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(ids.map(send));
    expect(answers.filter(({ answer }) => answer.status !== 200)).toEqual([]);
    // The first round may share its batch with the locked call, and waits half a second with it; the others do not.
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000);
  }
  for (const { answer, ms } of await held) {
    expect(answer).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(ms).toBeLessThan(8_000);
  }
  await holder.release();
  expect(await server.readCall('held')).toMatchObject({ revenue_paid_out: null });
  const log = `select count(*)::int from postback where call_log_id = 'held'`;
  expect(await database.query(log)).toEqual([{ count: 0 }]);
});

test('postbacks for a call that is released in time are all applied, once and in their order', async () => {
  await server.createCall('released', { phone_number: '+12125550101' });
  await server.createCall('beside');
  const holder = await hold('released');
  // One HTTP batch: its items are in order. By number and by id, it is one call.
  const updates = Array.from({ length: 40 }, (_, at) => ({
    ...(at % 2 === 0 ? { call_log_id: 'released' } : { phone_number: '+12125550101' }),
    reason: `r${at}`,
  }));
  const sending = server.post({ ...webhook, url: `${webhook.url.split('?')[0]}/batch` }, updates);
  // Answered after the batch was tried, and its locked call put aside.
  expect((await server.post(webhook, { call_log_id: 'beside', reason: 'x' })).status).toBe(200);
  const late = server.post(webhook, { call_log_id: 'released', add: { late: 'yes' } });
  await holder.release();
  expect((await sending).json.summary).toMatchObject({ applied: 40 });
  expect((await late).status).toBe(200);
  expect(await server.readCall('released')).toMatchObject({ reason: 'r39', tags: { late: 'yes' } });
  const rows = await database.query(
    `select changes -> 'reason' ->> 'to' as reason from postback
     where call_log_id = 'released' and update ->> 'reason' is not null order by postback_id`,
  );
  expect(rows.map(({ reason }) => reason)).toEqual(updates.map(({ reason }) => reason));
});

test('a call that is locked is not taken for one that does not exist', async () => {
  const sut = await startTestWriter(database.url);
  await sut.createCalls(['exists']);
  const holder = await hold('exists');
  const sending = sut.send(
    sut.postback('missing', { reason: 'x' }),
    sut.postback('exists', { reason: 'x' }),
    sut.postback('released', { reason: 'x' }),
  );
  sut.onPause = async () => holder.release();
  expect((await sending).map(({ status, rejection }) => rejection?.code ?? status)).toEqual([
    'call_not_found',
    'applied',
    'applied',
  ]);
  expect(sut.failures).toEqual(['locked']);
  await sut.close();
});

test('where the lock is that of an own commit whose answer was lost, the postback is done once and answered as done', async () => {
  const proxy = await DatabaseProxy.start(database.url);
  const sut = await startTestWriter(proxy.url);
  await sut.createCalls(['own lock']);
  for (const isDelivered of [true, false]) {
    sut.failures.length = 0;
    proxy.spoilCommits('late');
    const sending = sut.send(sut.postback('own lock', { add: { [`delivered ${isDelivered}`]: 'x' } }));
    await expect.poll(() => sut.failures).toEqual(['outcome_unknown', 'locked']);
    if (isDelivered) proxy.deliverLate();
    const [outcome] = await sending;
    expect(outcome?.rejection?.code ?? outcome?.status).toBe(isDelivered ? 'applied' : 'outcome_unknown');
    if (!isDelivered) proxy.deliverLate();
    const log = `select count(*)::int from postback where update::text like '%delivered ${isDelivered}%'`;
    await expect.poll(() => database.query(log)).toEqual([{ count: 1 }]);
  }
  await sut.close();
  await proxy.stop();
});

test('an atomic batch with a locked call is done whole or not at all', async () => {
  await Promise.all(['all', 'nothing'].map((id) => server.createCall(id)));
  const holder = await hold('nothing');
  const body = {
    atomic: true,
    updates: ['all', 'nothing'].map((call_log_id) => ({ call_log_id, reason: 'x' })),
  };
  const answer = await server.post({ ...webhook, url: `${webhook.url.split('?')[0]}/batch` }, body);
  expect(answer).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
  await holder.release();
  expect((await server.readCall('all')).reason).toBeNull();
});

test('an atomic batch that replaces a postback of a locked call is done whole or not at all', async () => {
  const correcting = await server.createWebhook('update_fields', { same_transaction: 'correct' });
  const phone_number = '+12125550102';
  await server.createCall('replaced', { phone_number });
  await server.createCall('beside it');
  await server.post(correcting, { phone_number, transaction_id: 'T', reason: 'first' });
  await server.createCall('newer', { phone_number });
  const holder = await hold('replaced');
  const updates = [
    { call_log_id: 'beside it', reason: 'x' },
    { phone_number, transaction_id: 'T', reason: 'second' },
  ];
  const send = () =>
    server.post({ ...correcting, url: `${correcting.url.split('?')[0]}/batch` }, { atomic: true, updates });
  expect(await send()).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
  await holder.release();
  expect((await server.readCall('beside it')).reason).toBeNull();
  expect((await send()).json).toMatchObject({ summary: { applied: 2 } });
  expect((await server.readCall('beside it')).reason).toBe('x');
});

test('the operator’s changes to a locked call are rejected in seconds, and other changes go on', async () => {
  await Promise.all(['busy', 'idle'].map((id) => server.createCall(id)));
  const holder = await hold('busy');
  const waiting = Promise.all(
    Array.from({ length: 8 }, () => timed(server.api('POST', '/calls', { call_log_id: 'busy', buyer: 'b' }))),
  );
  for (const { answer, ms } of await waiting) {
    expect(answer).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(ms).toBeLessThan(8_000);
  }
  expect((await server.api('POST', '/calls', { call_log_id: 'idle', buyer: 'b' })).status).toBe(200);
  await holder.release();
  expect((await server.api('POST', '/calls', { call_log_id: 'busy', buyer: 'b' })).status).toBe(200);
});
