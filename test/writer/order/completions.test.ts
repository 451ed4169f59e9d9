/** Postbacks that race with completions, late call events and each other, through two servers on one database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type Answer, startTestServerOn, type TestServer, type TestWebhook } from '../../support/server.ts';

let database: TestDatabase;
let servers: [TestServer, TestServer];
let webhook: TestWebhook;

beforeAll(async () => {
  database = await createTestDatabase();
  servers = [await startTestServerOn(database), await startTestServerOn(database)];
  webhook = await servers[0].createWebhook();
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

type LoggedRow = {
  postback_id: string;
  status: string;
  first_status: string;
  update: { revenue_paid_out?: string; reason?: string };
  changes: Record<string, { from: unknown; to: unknown }> | null;
};

async function readLog(callLogId: string): Promise<LoggedRow[]> {
  const sql = `select postback_id, status, first_status, update, changes from postback where call_log_id = $1 order by postback_id`;
  return (await database.query(sql, [callLogId])) as LoggedRow[]; // the columns are these
}

/** Sends one after the other, and tells of each acknowledgement. */
async function sendOneByOne(server: TestServer, bodies: object[], onAnswer: () => void): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) {
    const answer = await untilDone(() => server.post(webhook, body));
    expect([200, 202]).toContain(answer.status);
    expect(answer.json.duplicate).toBe(false);
    ids.push(answer.json.postback_id);
    onAnswer();
  }
  return ids;
}

/** Sends again while the call is locked for longer than a request waits, as a busy machine may have it. */
async function untilDone(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send();
    if (answer.status !== 503) return answer;
  }
}

test('each acknowledged postback is applied once and in order, whenever its call completes', async () => {
  const [one, two] = servers;
  const calls = Array.from({ length: 24 }, (_, at) => `race ${at}`);
  const rounds = 8;
  const acknowledged = new Map<string, string[][]>();

  /** Two senders on two servers: one sends amounts, one sends reasons. */
  const raceFor = async (call_log_id: string, at: number) => {
    await one.createCall(call_log_id, { state: 'live', campaign: 'first' });
    const numbers = Array.from({ length: rounds }, (_, round) => round + 1);
    const tagged = (kind: string, round: number) => ({ call_log_id, add: { [`${kind}${round}`]: 'x' } });
    const amounts = numbers.map((round) => ({ ...tagged('amount', round), revenue_paid_out: round }));
    const reasons = numbers.map((round) => ({ ...tagged('reason', round), reason: `reason ${round}` }));
    // Each call completes at another moment: after so many answers.
    const due = Promise.withResolvers<void>();
    let answersBefore = at % (2 * rounds);
    const countDown = () => {
      answersBefore -= 1;
      if (answersBefore < 0) due.resolve();
    };
    countDown();
    const sending = Promise.all([
      sendOneByOne(one, amounts, countDown),
      sendOneByOne(two, reasons, countDown),
    ]);
    await due.promise;
    const path = `/calls/${encodeURIComponent(call_log_id)}/complete`;
    const completions = await Promise.all([
      untilDone(() => one.api('POST', path, {})),
      untilDone(() => two.api('POST', path, { duration_seconds: 5 })),
    ]);
    for (const { status, json } of completions) {
      expect(status).toBe(200);
      expect(json).toMatchObject({ state: 'completed', queued_updates: 0 });
    }
    const late = {
      call_log_id,
      state: 'live',
      revenue_paid_out: 999,
      reason: 'late',
      buyer: 'late',
      campaign: 'late',
    };
    expect((await untilDone(() => two.api('POST', '/calls', late))).json).toMatchObject({
      state: 'completed',
      campaign: 'first',
    });
    acknowledged.set(call_log_id, await sending);
  };
  await Promise.all(calls.map(raceFor));

  expect(await database.query(`select count(*)::int from postback where status = 'queued'`)).toEqual([
    { count: 0 },
  ]);
  const ends = new Set<string>();
  for (const callLogId of calls) {
    const [amountIds = [], reasonIds = []] = acknowledged.get(callLogId) ?? [];
    const log = await readLog(callLogId);
    expect(log.map((row) => row.postback_id)).toEqual([...amountIds, ...reasonIds].sort());
    for (const row of log) ends.add(`${row.first_status} then ${row.status}`);
    const call = await one.readCall(callLogId);
    expect(call).toMatchObject({ state: 'completed', queued_updates: 0, buyer: 'late' });
    expect(Object.keys(call.tags)).toHaveLength(2 * rounds);
    for (const kind of ['amount', 'reason']) {
      const tagTimes = log
        .flatMap((row) => Object.keys(row.changes ?? {}))
        .filter((name) => name.startsWith(`tags.${kind}`));
      expect(tagTimes).toEqual(Array.from({ length: rounds }, (_, at) => `tags.${kind}${at + 1}`));
    }
    expectChain(log, 'revenue_paid_out', call.revenue_paid_out, rounds);
    expectChain(log, 'reason', call.reason, rounds);
  }
  // The race was one: some were queued first, others found the call completed.
  expect([...ends].sort()).toEqual(['applied then applied', 'queued then applied']);
});

/** Each change begins where the one before ended, and the last one is what stands; a late event may have begun it. */
function expectChain(log: LoggedRow[], field: string, standing: string, length: number): void {
  const changes = log.flatMap(({ changes: all }) => all?.[field] ?? []);
  expect(changes).toHaveLength(length);
  expect(changes.slice(1).map(({ from }) => from)).toEqual(changes.slice(0, -1).map(({ to }) => to));
  expect(changes.at(-1)?.to).toBe(standing);
  expect(changes.map(({ to }) => Number.parseInt(String(to).replace('reason ', ''), 10))).toEqual(
    Array.from({ length }, (_, at) => at + 1),
  );
}
