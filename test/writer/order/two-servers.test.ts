/** Two servers on one database know nothing of each other, and still do as one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  holdLock,
  lockOfCalls,
  type TestDatabase,
  waitingForLocks,
} from '../../support/database.ts';
import { startTestServerOn, type TestServer } from '../../support/server.ts';
import { startTestWriter } from '../../support/test-writer.ts';

let database: TestDatabase;
let one: TestServer;
let two: TestServer;

beforeAll(async () => {
  database = await createTestDatabase();
  one = await startTestServerOn(database);
  two = await startTestServerOn(database);
});

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
});

const alternate = (at: number) => (at % 2 === 0 ? one : two);

test.each(['completed', 'live'])(
  'thirty repeats at once on a %s call have one effect and one answer',
  async (state) => {
    const webhook = await one.createWebhook();
    await one.createCall(`thirty ${state}`, { state });
    const body = { call_log_id: `thirty ${state}`, revenue_paid_out: 3, transaction_id: 'same' };
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => alternate(at).post(webhook, body)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([state === 'live' ? 202 : 200]));
    expect(new Set(answers.map(({ json }) => JSON.stringify({ ...json, duplicate: null }))).size).toBe(1);
    expect(answers.filter(({ json }) => !json.duplicate)).toHaveLength(1);
    expect(
      await database.query('select count(*)::int from postback where call_log_id = $1', [`thirty ${state}`]),
    ).toEqual([{ count: 1 }]);
  },
);

test('repeats at once that name their call by its number have one effect', async () => {
  const webhook = await one.createWebhook();
  await one.createCall('by number', { phone_number: '+12125550177' });
  const body = { phone_number: '(212) 555-0177', add: 'once', transaction_id: 'by number' };
  const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => alternate(at).post(webhook, body)));
  expect(answers.filter(({ json }) => !json.duplicate)).toHaveLength(1);
  expect(new Set(answers.map(({ json }) => json.postback_id)).size).toBe(1);
});

test('one id at once for two updates is one effect, and rejected for the other', async () => {
  const webhook = await one.createWebhook();
  await one.createCall('two updates');
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      alternate(at).post(webhook, {
        call_log_id: 'two updates',
        reason: `r${at % 3}`,
        transaction_id: 'same',
      }),
    ),
  );
  const taken = answers.filter(({ status }) => status === 200);
  const rejected = answers.filter(({ status }) => status === 409);
  expect([taken.length, rejected.length]).toEqual([10, 20]);
  expect(new Set(taken.map(({ json }) => json.postback_id)).size).toBe(1);
  expect(new Set(rejected.map(({ json }) => json.code))).toEqual(new Set(['transaction_id_reused']));
});

test('batches that share calls in opposite orders wait for each other and never deadlock', async () => {
  const writers = [await startTestWriter(database.url), await startTestWriter(database.url)];
  const ids = Array.from({ length: 20 }, (_, at) => `shared ${at}`);
  await writers[0]?.createCalls(ids);
  const rounds = 30;
  await Promise.all(
    writers.map(async (sut, who) => {
      for (let round = 0; round < rounds; round += 1) {
        const order = (who + round) % 2 === 0 ? ids : ids.toReversed();
        const tag = `${who} ${round}`;
        const outcomes = await sut.send(...order.map((id) => sut.postback(id, { add: { [tag]: 'x' } })));
        expect(outcomes.every(({ status }) => status === 'applied')).toBe(true);
      }
    }),
  );
  const failures = writers.flatMap((sut) => sut.failures);
  expect(failures.filter((kind) => kind !== 'locked')).toEqual([]); // a wait of half a second, where the machine stalls
  const rows = await database.query(`select tags from call where call_log_id like 'shared%'`);
  expect(rows.map(({ tags }) => Object.keys(tags as object).length)).toEqual(Array(20).fill(2 * rounds));
  await Promise.all(writers.map((sut) => sut.close()));
});

test.each([0, 7, 19])(
  'a batch finds all of its calls, also where it waited while another transaction changed number %i',
  async (at) => {
    const sut = await startTestWriter(database.url);
    const ids = Array.from({ length: 20 }, (_, n) => `changed ${at} ${String(n).padStart(2, '0')}`);
    await sut.createCalls(ids);
    // Among so many calls PostgreSQL plans as for those of a real account.
    await database.query(
      `insert into call (account_id, call_log_id, state, started_at, converted, tags, created_at, updated_at)
       select account_id, 'other ' || $2 || n, state, started_at, converted, tags, created_at, updated_at
       from call, generate_series(1, 10000) n where call_log_id = $1`,
      [ids[0], `${at} `],
    );
    await database.query('analyze call');
    const changed = ids.slice(at, at + 1);
    const holder = await holdLock(database, await lockOfCalls(database, changed));
    await holder.query(`update call set reason = 'meanwhile' where call_log_id = '${changed[0]}'`);
    const sending = sut.send(...ids.map((id) => sut.postback(id, { add: { tag: 'x' } })));
    await expect.poll(() => waitingForLocks(database)).not.toEqual([]);
    await holder.release();
    expect((await sending).map(({ status, rejection }) => rejection?.code ?? status)).toEqual(
      ids.map(() => 'applied'),
    );
    const rows = await database.query(
      `select call_log_id from call where reason = 'meanwhile' and tags ? 'tag'`,
    );
    expect(rows.map(({ call_log_id }) => call_log_id)).toContain(changed[0]);
    await sut.close();
  },
);

test('a webhook that is paused, changed, rotated or deleted through one server is so at once on the other', async () => {
  const webhook = await one.createWebhook();
  const path = `/webhooks/incoming/${webhook.id}`;
  await one.createCall('settings', {
    phone_number: '+12125550188',
    started_at: new Date(Date.now() - 7_200_000),
  });
  const body = { phone_number: '+12125550188', reason: 'x' };
  const sendOnBoth = async (hook = webhook) =>
    (await Promise.all([one.post(hook, body), two.post(hook, body)])).map(
      ({ status, json }) => json.code ?? status,
    );
  expect(await sendOnBoth()).toEqual([200, 200]); // now both remember the key

  await one.api('PATCH', path, { paused: true });
  expect(await sendOnBoth()).toEqual(['webhook_paused', 'webhook_paused']);
  await two.api('PATCH', path, { paused: false });
  expect(await sendOnBoth()).toEqual([200, 200]);

  await one.api('PATCH', path, { match_window_hours: 1 });
  expect(await sendOnBoth()).toEqual(['no_call_in_window', 'no_call_in_window']);
  await two.api('PATCH', path, { match_window_hours: 3 });
  expect(await sendOnBoth()).toEqual([200, 200]);

  const rotated = await one.api('POST', `${path}/rotate-key`, { grace_hours: 0 });
  expect(await sendOnBoth()).toEqual(['invalid_auth_key', 'invalid_auth_key']);
  expect(await sendOnBoth(rotated.json)).toEqual([200, 200]);

  await two.api('DELETE', path);
  expect(await sendOnBoth(rotated.json)).toEqual(['invalid_auth_key', 'invalid_auth_key']);
});

test('an account’s settings that are changed through one server count at once on the other', async () => {
  const webhook = await one.createWebhook();
  await one.createCall('country', { phone_number: '+493012345678' });
  const body = { phone_number: '030 12345678', reason: 'x' };
  expect((await two.post(webhook, body)).status).not.toBe(200);
  await one.api('PATCH', '/account', { default_country: 'DE' });
  expect((await two.post(webhook, body)).status).toBe(200);
  await one.api('PATCH', '/account', { default_country: 'US' });
  expect((await two.post(webhook, body)).status).not.toBe(200);
});
