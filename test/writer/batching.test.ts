/** What a postback costs: its share of a transaction that many make together, one insert, and at most one update. */
import { afterAll, beforeAll, expect } from 'vitest';
import { DatabaseProxy } from '../support/database/database-proxy.ts';
import { createTestDatabase, holdLock, type TestDatabase, testWithTriggers } from '../support/database.ts';
import { startTestServerOn } from '../support/server.ts';
import { startTestWriter } from '../support/test-writer.ts';

/** An advisory lock of the test's own. */
const gate = 4_711;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // Every row that is written leaves a mark.
  await database.query(`
    create table row_write (target text, operation text);
    create function mark_row() returns trigger language plpgsql as
      'begin insert into row_write values (tg_table_name, lower(tg_op)); return null; end';
    create trigger mark after insert or update or delete on call for each row execute function mark_row();
    create trigger mark after insert or update or delete on postback for each row execute function mark_row();
    create trigger mark after insert or update or delete on call_event for each row execute function mark_row()`);
});

afterAll(() => database.drop());

async function rowsWritten(work: () => Promise<void>): Promise<Record<string, number>> {
  await database.query('truncate row_write');
  await work();
  const rows = await database.query(
    `select target || ' ' || operation as what, count(*)::int from row_write group by 1`,
  );
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}

testWithTriggers(
  'many updates of one call in one batch are one update of its row, and one log row each',
  async () => {
    const sut = await startTestWriter(database.url);
    await sut.createCalls(['one']);
    const postbacks = Array.from({ length: 100 }, (_, at) =>
      sut.postback('one', { revenue_paid_out: `${at}.00` }),
    );
    const written = await rowsWritten(async () => {
      const outcomes = await sut.send(...postbacks);
      expect(outcomes.every(({ status }) => status === 'applied')).toBe(true);
    });
    expect(sut.commits).toEqual([100]);
    expect(written).toEqual({ 'call update': 1, 'postback insert': 100 });
    await sut.close();
  },
);

testWithTriggers(
  'a postback that changes nothing writes no call, and a repeat writes nothing at all',
  async () => {
    const sut = await startTestWriter(database.url);
    await sut.createCalls(['same']);
    await sut.createCalls(['same live'], { state: 'live' });
    await sut.send(sut.postback('same', { reason: 'x' }, { transactionId: 'same' }));
    const written = await rowsWritten(async () => {
      await sut.send(
        sut.postback('same', { converted: false }),
        sut.postback('same', { reason: 'dry' }, { isDryRun: true }),
        sut.postback('same live', { reason: 'later' }),
        sut.postback('same', { reason: 'x' }, { transactionId: 'same' }),
      );
      await sut.send(sut.postback('same', { reason: 'x' }, { transactionId: 'same' }));
    });
    expect(written).toEqual({ 'postback insert': 3 });
    await sut.close();
  },
);

testWithTriggers(
  'a transaction has the same few statements, whatever the number of postbacks and calls in it',
  async () => {
    const proxy = await DatabaseProxy.start(database.url);
    const sut = await startTestWriter(proxy.url);
    const ids = Array.from({ length: 50 }, (_, at) => `many ${at}`);
    await sut.createCalls(ids, { state: 'completed', phone_number: '+12125550123' });
    const batchOf = (size: number) =>
      Array.from({ length: size }, (_, at) =>
        sut.postback(
          ids[at % ids.length] ?? '',
          { reason: `${size} ${at}` },
          { transactionId: `${size} ${at}` },
        ),
      );
    const target = { phoneNumber: '+12125550123' };
    proxy.transactions.splice(0);
    await sut.send(...batchOf(1));
    await sut.send(...batchOf(400));
    await sut.send(sut.postback('', { reason: 'by phone' }, { target }), ...batchOf(10));
    const statements = [
      'read-revisions',
      'read-other-ids',
      'lock-calls',
      'read-prior',
      'write-calls',
      'log-postbacks',
    ];
    expect(proxy.transactions).toEqual([
      statements,
      statements,
      ['read-revisions', 'match-phones', ...statements.slice(1)],
    ]);

    // Outgoing webhooks read what was committed: a postback does nothing for them.
    await sut.createOutgoing();
    proxy.transactions.splice(0);
    await sut.send(sut.postback(ids[0] ?? '', { reason: 'told' }, { transactionId: 'told' }));
    expect(proxy.transactions).toEqual([statements]);
    await sut.close();
    await proxy.stop();
  },
);

testWithTriggers('postbacks that come while a transaction runs share the next one', async () => {
  const server = await startTestServerOn(database, {}, 1);
  const webhook = await server.createWebhook();
  const ids = Array.from({ length: 90 }, (_, at) => `busy ${at}`);
  for (const id of ids) await server.createCall(id);
  // Not by a lock, for which a batch waits half a second only: a busy machine takes longer to send them all.
  await database.query(`
    create function await_gate() returns trigger language plpgsql as $$ begin
      while exists (select from pg_locks where locktype = 'advisory' and objid = ${gate}) loop
        perform pg_sleep(0.01);
      end loop;
      return null;
    end $$;
    create trigger await_gate before update on call for each statement execute function await_gate()`);
  const lock = await holdLock(database, `select pg_advisory_xact_lock(${gate})`);
  const sent = Promise.all(ids.map((call_log_id) => server.post(webhook, { call_log_id, reason: 'busy' })));
  await expect.poll(async () => (await server.request('/metrics')).text).toContain('ringback_queue_depth 90');
  await lock.release();
  expect((await sent).every(({ status }) => status === 200)).toBe(true);
  const { text } = await server.request('/metrics');
  const read = (name: string) =>
    Number(new RegExp(`^ringback_batch_size_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  expect(read('sum')).toBe(90);
  // Three lanes: what each had taken when the lock held it up, and what gathered meanwhile.
  expect(read('count')).toBeLessThanOrEqual(6);
  await server.stop();
});
