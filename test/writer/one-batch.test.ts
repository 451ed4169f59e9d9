/** One batch with every kind of postback: each reaches its one right end, whatever happens to the connection. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reject } from '../../src/core/updates/rejection.ts';
import { type CommitFate, DatabaseProxy } from '../support/database/database-proxy.ts';
import {
  createTestDatabase,
  holdLock,
  interruptWaiting,
  lockOfCalls,
  type TestDatabase,
  waitingForLocks,
} from '../support/database.ts';
import { startTestWriter } from '../support/test-writer.ts';

let database: TestDatabase;
let proxy: DatabaseProxy;
let sut: Awaited<ReturnType<typeof startTestWriter>>;

beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await DatabaseProxy.start(database.url);
  sut = await startTestWriter(proxy.url);
  await sut.createCalls(['done', 'other', 'bad']);
  await sut.createCalls(['live'], { state: 'live' });
  await database.query('alter table call add constraint no_thirteen check (revenue_paid_out <> 13)');
  await sut.send(sut.postback('done', { reason: 'before' }, { transactionId: 'used' }));
  sut.commits.splice(0);
});

afterEach(async () => {
  await sut.close();
  await proxy.stop();
  await database.drop();
});

/** What is sent, and what must become of it: status or code, and whether the log has a separate row for it. */
const expectations: [end: string, isLogged: boolean][] = [
  ['applied', true],
  ['duplicate of before', false],
  ['transaction_id_reused', true],
  ['call_not_found', true],
  ['invalid_value', true],
  ['applied', true],
  ['duplicate of applied', false],
  ['queued', true],
  ['call_not_completed', true],
  ['no_updates', true],
  ['applied', true],
  ['unchanged', true],
  ['applied', true],
];

function mixedBatch() {
  return [
    sut.postback('done', { revenue_paid_out: '1.00' }),
    sut.postback('done', { reason: 'before' }, { transactionId: 'used' }),
    sut.postback('done', { reason: 'after' }, { transactionId: 'used' }),
    sut.postback('missing', { reason: 'x' }),
    sut.postback('bad', { revenue_paid_out: '13.00', reason: 'not for you' }),
    sut.postback('done', { add: { deal: 'won' } }, { transactionId: 'new' }),
    sut.postback('done', { add: { deal: 'won' } }, { transactionId: 'new' }),
    sut.postback('live', { reason: 'later' }),
    sut.postback('live', { publisher_paid_out: '1.00' }),
    sut.postback('done', {}, { rejection: reject('no_updates', 'Send one.') }),
    sut.postback('done', { reason: 'dry' }, { isDryRun: true }),
    sut.postback('other', { converted: false }),
    sut.postback('done', { revenue_paid_out: '2.00' }),
  ];
}

async function sendAndCheck(): Promise<void> {
  const [{ postback_id: beforeId } = {}] = await database.query('select postback_id from postback');
  const batch = mixedBatch();
  const outcomes = await sut.send(...batch);
  const firstOfNew = batch[5]?.postbackId;
  const ends = outcomes.map(({ status, isDuplicate, rejection, postbackId }, at) => {
    if (!isDuplicate) {
      expect(postbackId).toBe(batch[at]?.postbackId);
      return rejection?.code ?? status;
    }
    return postbackId === beforeId
      ? 'duplicate of before'
      : `duplicate of ${postbackId === firstOfNew && status}`;
  });
  expect(ends).toEqual(expectations.map(([end]) => end));

  const logged = await database.query(
    'select postback_id, coalesce(code, status) as end from postback where postback_id <> $1 order by postback_id',
    [beforeId],
  );
  expect(logged).toEqual(
    batch.flatMap(({ postbackId }, at) => {
      const [end, isLogged] = expectations[at] ?? [];
      return isLogged ? [{ postback_id: postbackId, end }] : [];
    }),
  );
  expect(
    await database.query('select call_log_id, revenue_paid_out, reason, tags from call order by 1'),
  ).toEqual([
    { call_log_id: 'bad', revenue_paid_out: null, reason: null, tags: {} },
    { call_log_id: 'done', revenue_paid_out: '2.0000', reason: 'before', tags: { deal: 'won' } },
    { call_log_id: 'live', revenue_paid_out: null, reason: null, tags: {} },
    { call_log_id: 'other', revenue_paid_out: null, reason: null, tags: {} },
  ]);
}

test('a row that the database rejects is rejected alone; its neighbours are committed', async () => {
  await sendAndCheck();
  expect(sut.failures).toContain('data');
  expect(sut.commits.reduce((sum, size) => sum + size)).toBe(expectations.length);
});

test.each<[CommitFate, string]>([
  ['lost', 'before the database heard of the commit'],
  ['unanswered', 'after the commit'],
  ['late', 'and the commit comes through later'],
])('when each commit breaks once, nothing is lost and nothing done twice (%s: %s)', async (fate) => {
  // The whole batch fails for its one bad row, then its parts are committed: each at the second try.
  proxy.spoilCommits(...Array.from({ length: 20 }, () => [fate, 'pass' as const]).flat());
  sut.onPause = async () => proxy.deliverLate();
  await sendAndCheck();
  expect(sut.failures.filter((kind) => kind === 'outcome_unknown').length).toBeGreaterThan(4);
});

test('a commit that comes through while the next try waits for its calls is done once, and answered as the first', async () => {
  const batch = [
    sut.postback('done', { revenue_paid_out: '1.00' }),
    sut.postback('done', { reason: 'x' }, { transactionId: 'new' }),
    sut.postback('live', { reason: 'later' }),
    sut.postback('missing', { reason: 'x' }),
  ];
  proxy.spoilCommits('late');
  const sending = sut.send(...batch);
  await expect.poll(async () => (await waitingForLocks(database)).length).toBe(1);
  proxy.deliverLate();
  expect(await sending).toMatchObject(
    ['applied', 'applied', 'queued', 'rejected'].map((status, at) => ({
      postbackId: batch[at]?.postbackId,
      status,
      isDuplicate: false,
    })),
  );
  // Lost, then rejected by the primary key, for it was not; then found.
  expect(sut.failures).toEqual(['outcome_unknown', 'retry']);
  expect(await database.query('select count(*)::int from postback')).toEqual([{ count: batch.length + 1 }]);
});

test.each<CommitFate>(['pass', 'lost', 'unanswered'])(
  'all or nothing is done once, and a repeat in it answered as one (commit: %s)',
  async (fate) => {
    const batch = [
      sut.postback('done', { add: { deal: 'won' } }, { transactionId: 'new' }),
      sut.postback('done', { add: { deal: 'won' } }, { transactionId: 'new' }),
      sut.postback('other', { revenue_paid_out: '1.00' }),
    ];
    proxy.spoilCommits(fate);
    expect(await sut.writer.submitAtomic(batch)).toMatchObject([
      { status: 'applied', isDuplicate: false },
      { status: 'applied', isDuplicate: true },
      { status: 'applied', isDuplicate: false, postbackId: batch[2]?.postbackId },
    ]);
    const rejected = await sut.writer.submitAtomic([
      sut.postback('other', { revenue_paid_out: '2.00' }),
      sut.postback('missing', { reason: 'x' }),
    ]);
    expect(rejected).toMatchObject([{ status: 'applied' }, { status: 'rejected' }]);
    expect(
      await database.query(
        `select revenue_paid_out, (select count(*)::int from postback) as logged from call where call_log_id = 'other'`,
      ),
    ).toEqual([{ revenue_paid_out: '1.0000', logged: 3 }]);
  },
);

test('a connection that is ended in the middle of a batch is replaced, and the batch written by the next one', async () => {
  const locking = await holdLock(database, await lockOfCalls(database, ['done']));
  const sending = sendAndCheck();
  await expect.poll(async () => (await waitingForLocks(database)).length).toBe(1);
  await interruptWaiting(database, 'pg_terminate_backend');
  await expect.poll(() => sut.failures).toContain('retry');
  await locking.release();
  await sending;
});
