/** Failures that pass: each is brought about on purpose, and the second try must end as if nothing had been. */
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import {
  createTestDatabase,
  holdLock,
  interruptWaiting,
  lockOfCalls,
  type TestDatabase,
  testWithTriggers,
  waitingForLocks,
} from '../../support/database.ts';
import { startTestWriter } from '../../support/test-writer.ts';

type RunningWriter = Awaited<ReturnType<typeof startTestWriter>>;

/** Two processes on one database. */
let database: TestDatabase;
let one: RunningWriter;
let two: RunningWriter;

beforeEach(async () => {
  database = await createTestDatabase();
  one = await startTestWriter(database.url);
  two = await startTestWriter(database.url);
  await one.createCalls(['A', 'B', 'C', 'D']);
});

afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
  await database.drop();
});

const gateLock = 'select pg_advisory_xact_lock(1)';

/** From now on a log row for one of these calls waits, when it is inserted, until the gate is opened. */
async function closeGate(...callLogIds: string[]) {
  await database.query(`
    create function pass_gate() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(1); return new; end';
    create trigger gate before insert on postback for each row
      when (new.call_log_id in (${callLogIds.map((id) => `'${id}'`).join()})) execute function pass_gate()`);
  const gate = await holdLock(database, gateLock);
  return { open: gate.release };
}

async function untilWaiting(count: number): Promise<void> {
  await expect.poll(async () => (await waitingForLocks(database)).length).toBe(count);
}

async function readReasons() {
  const rows = await database.query('select call_log_id, reason from call order by 1');
  return Object.fromEntries(rows.map(({ call_log_id: id, reason }) => [id, reason]));
}

testWithTriggers(
  'of two processes that send one transaction id for two calls, one applies it and the other rejects it',
  async () => {
    const gate = await closeGate('A', 'B');
    const sending = [
      one.send(one.postback('A', { reason: 'from one' }, { transactionId: 'id' })),
      two.send(two.postback('B', { reason: 'from two' }, { transactionId: 'id' })),
    ];
    await untilWaiting(2); // both have looked the id up, and found nothing
    await gate.open();
    const outcomes = (await Promise.all(sending)).flat();
    expect(outcomes.map(({ status, rejection }) => rejection?.code ?? status).sort()).toEqual([
      'applied',
      'transaction_id_reused',
    ]);
    expect([...one.failures, ...two.failures]).toEqual(['retry']);
    const [winner, loser] = outcomes[0]?.status === 'applied' ? ['A', 'B'] : ['B', 'A'];
    expect(await readReasons()).toMatchObject({ [winner]: expect.stringContaining('from'), [loser]: null });
  },
);

testWithTriggers(
  'batches that meet over each other’s transaction ids are told apart by the database, and tried again',
  async () => {
    const gate = await closeGate('B', 'D');
    const sending = [
      one.send(
        one.postback('A', { reason: 'one' }, { transactionId: 'x' }),
        one.postback('B', { reason: 'one' }, { transactionId: 'y' }),
      ),
      two.send(
        two.postback('C', { reason: 'two' }, { transactionId: 'y' }),
        two.postback('D', { reason: 'two' }, { transactionId: 'x' }),
      ),
    ];
    await untilWaiting(2); // each has inserted its first id and not its second
    await gate.open();
    const [ofOne = [], ofTwo = []] = await Promise.all(sending);
    const isOneFirst = ofOne[0]?.status === 'applied';
    const [first, second] = isOneFirst ? [ofOne, ofTwo] : [ofTwo, ofOne];
    expect(first.map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect(second.map(({ rejection }) => rejection?.code)).toEqual([
      'transaction_id_reused',
      'transaction_id_reused',
    ]);
    // Both wait for each other until one has waited long enough; then the loser finds its ids taken.
    expect([...one.failures, ...two.failures]).toContain('locked');
    expect(await readReasons()).toEqual(
      isOneFirst ? { A: 'one', B: 'one', C: null, D: null } : { A: null, B: null, C: 'two', D: 'two' },
    );
  },
);

test('a deadlock is lost, and the batch written by the second try', async () => {
  // PostgreSQL looks for a deadlock after a second: the writer gives way before, after half a second.
  const other = await holdLock(database, await lockOfCalls(database, ['B']));
  const sending = one.send(one.postback('A', { reason: 'x' }), one.postback('B', { reason: 'x' }));
  await untilWaiting(1);
  await other.query(await lockOfCalls(database, ['A']));
  await other.release();
  expect((await sending).map(({ status }) => status)).toEqual(['applied', 'applied']);
  // Citus looks for deadlocks of its nodes every 2 s, and may be the first.
  const expected = inject('citusWorkers').length > 0 ? [['locked'], ['retry']] : [['locked']];
  expect(expected).toContainEqual(one.failures);
  expect(await readReasons()).toMatchObject({ A: 'x', B: 'x' });
});

testWithTriggers('a serialization failure is tried again, and sees what the other one did', async () => {
  // Raised once: a sequence is not rolled back. The sessions of the writer are read committed, where PostgreSQL itself raises none.
  await database.query(`create sequence failed;
    create function fail_once() returns trigger language plpgsql as $$ begin
      if nextval('failed') = 1 then raise exception 'could not serialize' using errcode = '40001'; end if;
      return new; end $$;
    create trigger fail_once before update on call for each row when (new.reason = 'x') execute function fail_once()`);
  const other = await holdLock(database, `update call set reason = 'other' where call_log_id = 'A'`);
  const sending = one.send(one.postback('A', { reason: 'x' }));
  await untilWaiting(1);
  await other.release();
  expect(await sending).toMatchObject([
    { status: 'applied', changes: { reason: { from: 'other', to: 'x' } } },
  ]);
  expect(one.failures).toEqual(['retry']);
});

test('a statement that an operator cancels is tried again', async () => {
  const other = await holdLock(database, await lockOfCalls(database, ['A']));
  const sending = one.send(one.postback('A', { reason: 'x' }));
  await untilWaiting(1);
  await interruptWaiting(database, 'pg_cancel_backend');
  await expect.poll(() => one.failures).toEqual(['retry']);
  await other.release();
  expect(await sending).toMatchObject([{ status: 'applied' }]);
});
