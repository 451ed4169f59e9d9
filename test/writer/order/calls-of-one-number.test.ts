/**
 * Calls of one number that arrive before and after the postbacks that name the number: each postback ends at the call that its
 * webhook's rule would have picked if all calls had come first (docs/senders.md#waiting-for-the-call).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { times } from '../../faults/faults.ts';
import { startReceiver } from '../../support/programs/receiver.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../../support/server.ts';

const rules = ['latest', 'first', 'longest', 'only'] as const;
type Rule = (typeof rules)[number];

let server: TestServer;
const webhooks = new Map<Rule, TestWebhook>();
let sums: TestWebhook;

beforeAll(async () => {
  server = await startTestServer();
  for (const match_rule of rules)
    webhooks.set(match_rule, await server.createWebhook('update_fields', { unmatched: 'wait', match_rule }));
  sums = await server.createWebhook('update_fields', {
    ...{ unmatched: 'wait', repeats: { revenue_paid_out: 'add' } },
  });
});
afterAll(() => server.stop());

const hookOf = (rule: Rule): TestWebhook => webhooks.get(rule) ?? { id: '', auth_key: '', url: '' };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const logged = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json;
let numbers = 0;
const newNumber = () => {
  numbers += 1;
  return `+1213${5550000 + numbers}`;
};

test.each(rules)(
  'a postback goes to the call of the rule %s, in whatever order all of them come',
  async (match_rule) => {
    for (const order of ['PAB', 'PBA', 'APB', 'BPA', 'ABP', 'BAP']) {
      const [phone_number, id] = [newNumber(), `${match_rule} ${order}`];
      const create = (name: string, minutes: number, duration_seconds: number) =>
        server.createCall(`${id} ${name}`, {
          phone_number,
          duration_seconds,
          started_at: minutesAgo(minutes),
        });
      const steps = {
        A: () => create('A', 60, 100),
        B: () => create('B', 30, 50),
        P: () => server.post(hookOf(match_rule), { phone_number, revenue_paid_out: 9, add: { a: '1' } }),
      };
      let postbackId = '';
      for (const step of order) {
        const answer = await steps[step as keyof typeof steps](); // a letter of the order
        if (step === 'P') postbackId = answer.json.postback_id;
      }
      const [a, b] = [await server.readCall(`${id} A`), await server.readCall(`${id} B`)];
      const { status, code, call_log_id } = await logged(postbackId);
      const paid = match_rule === 'only' ? null : match_rule === 'latest' ? b : a;
      for (const call of [a, b]) {
        const isPaid = call === paid;
        expect([order, call.revenue_paid_out, call.tags]).toEqual([
          order,
          isPaid ? '9.00' : null,
          isPaid ? { a: '1' } : {},
        ]);
      }
      expect([order, status, code, call_log_id]).toEqual(
        paid === null
          ? [order, 'waiting', 'ambiguous_call', null]
          : [order, 'applied', null, paid.call_log_id],
      );
    }
  },
);

describe('a postback that goes to another call', () => {
  test('is an event there, and what it did is taken back in an event of the call that it leaves', async () => {
    const receiver = await startReceiver();
    await server.api('POST', '/webhooks/outgoing', {
      ...{ name: 'moves', url: receiver.url, events: ['call.converted', 'call.conversion_removed'] },
    });
    const phone_number = newNumber();
    await server.createCall('E1', { phone_number, started_at: minutesAgo(60) });
    const { json } = await server.post(hookOf('latest'), { phone_number, converted: true });
    await receiver.wait(1);
    await server.createCall('E2', { phone_number, started_at: minutesAgo(30) });
    await receiver.wait(3);
    const told = receiver.received.map(({ json: event }) => [event.type, event.call.call_log_id]);
    expect(told.toSorted()).toEqual([
      ['call.conversion_removed', 'E1'],
      ['call.converted', 'E1'],
      ['call.converted', 'E2'],
    ]);
    expect(new Set(receiver.received.map(({ json: event }) => event.id)).size).toBe(3);
    const { json: timeline } = await server.api('GET', '/calls/E1/timeline');
    const reversal = {
      kind: 'changed',
      by: 'Ringback',
      changes: expect.objectContaining({ converted: { from: true, to: false } }),
    };
    expect(timeline.items).toContainEqual(expect.objectContaining(reversal));
    const retried = await server.api('POST', `/postbacks/${json.postback_id}/undo`);
    expect(retried.json).toMatchObject({ status: 'applied', call_log_id: 'E2' });
    expect(await server.readCall('E2')).toMatchObject({ converted: false, call_converted_at: null });
  });

  test('leaves what others have set since, and takes its part of a sum along', async () => {
    const phone_number = newNumber();
    await server.createCall('S1', { phone_number, started_at: minutesAgo(60) });
    await server.post(sums, { phone_number, revenue_paid_out: 5, reason: 'first', transaction_id: 's1' });
    await server.post(sums, {
      call_log_id: 'S1',
      revenue_paid_out: 3,
      reason: 'other',
      transaction_id: 's2',
    });
    await server.createCall('S2', { phone_number, started_at: minutesAgo(30) });
    expect(await server.readCall('S1')).toMatchObject({ revenue_paid_out: '3.00', reason: 'other' });
    expect(await server.readCall('S2')).toMatchObject({ revenue_paid_out: '5.00', reason: 'first' });
    const repeat = { phone_number, revenue_paid_out: 5, reason: 'first', transaction_id: 's1' };
    expect((await server.post(sums, repeat)).json).toMatchObject({ duplicate: true });
    expect(await server.readCall('S2')).toMatchObject({ revenue_paid_out: '5.00' });
  });

  test('is in the queue of a live call, and no longer in that of the other one', async () => {
    const phone_number = newNumber();
    await server.createCall('L1', { phone_number, state: 'live', started_at: minutesAgo(60) });
    await server.post(hookOf('latest'), { phone_number, revenue_paid_out: 5 });
    await server.createCall('L2', { phone_number, state: 'live', started_at: minutesAgo(30) });
    expect((await server.api('POST', '/calls/L1/complete')).json).toMatchObject({ revenue_paid_out: null });
    expect((await server.api('POST', '/calls/L2/complete')).json).toMatchObject({ revenue_paid_out: '5.00' });
  });

  test('is applied there in the order of receipt, among those that waited for that call', async () => {
    const phone_number = newNumber();
    await server.post(hookOf('latest'), { call_log_id: 'O2', reason: 'first', revenue_paid_out: 1 });
    await server.createCall('O1', { phone_number, started_at: minutesAgo(60), duration_seconds: 5 });
    await server.post(hookOf('longest'), { phone_number, reason: 'second', revenue_paid_out: 2 });
    await server.post(hookOf('latest'), { call_log_id: 'O2', revenue_paid_out: 3 });
    await server.createCall('O2', {
      phone_number,
      state: 'live',
      started_at: minutesAgo(30),
      duration_seconds: 9,
    });
    await server.createCall('O2', { state: 'completed' });
    expect(await server.readCall('O2')).toMatchObject({ reason: 'second', revenue_paid_out: '3.00' });
    const { json: timeline } = await server.api('GET', '/calls/O2/timeline');
    const amounts = timeline.items.flatMap((item: { changes: { revenue_paid_out?: object } }) =>
      item.changes.revenue_paid_out === undefined ? [] : [item.changes.revenue_paid_out],
    );
    expect(amounts).toEqual([
      { from: null, to: '1.00' },
      { from: '1.00', to: '2.00' },
      { from: '2.00', to: '3.00' },
    ]);
  });

  test('was not attached by hand, undone, corrected, or sent through a webhook that does not wait', async () => {
    const phone_number = newNumber();
    const started_at = minutesAgo(60);
    await server.createCall('K1', { phone_number, started_at });
    const refusing = await server.createWebhook();
    await server.post(refusing, { phone_number, reason: 'stays' });
    const { json: undone } = await server.post(hookOf('latest'), { phone_number, revenue_paid_out: 5 });
    await server.api('POST', `/postbacks/${undone.postback_id}/undo`);
    const { json: attached } = await server.post(hookOf('only'), { call_log_id: 'K1-typo', add: { t: '1' } });
    await server.api('POST', `/postbacks/${attached.postback_id}/attach`, { call_log_id: 'K1' });
    await server.createCall('K2', { phone_number, started_at: minutesAgo(30) });
    expect(await server.readCall('K1')).toMatchObject({
      reason: 'stays',
      revenue_paid_out: null,
      tags: { t: '1' },
    });
    expect(await server.readCall('K2')).toMatchObject({ reason: null, revenue_paid_out: null, tags: {} });
  });

  test('goes with call data to the first call of the lifespan', async () => {
    const phone_number = newNumber();
    const data = await server.createWebhook('call_data');
    await server.post(data, { phone_number, source: 'ad' });
    await server.createCall('D2', { phone_number, started_at: minutesAgo(-2) });
    expect(await server.readCall('D2')).toMatchObject({ tags: { source: 'ad' } });
    await server.createCall('D1', { phone_number });
    expect(await server.readCall('D1')).toMatchObject({ tags: { source: 'ad' } });
    expect(await server.readCall('D2')).toMatchObject({ tags: {} });
  });
});

const sets = fc
  .record(
    {
      revenue_paid_out: fc.integer({ min: 1, max: 3 }),
      reason: fc.constantFrom('a', 'b'),
      converted: fc.boolean(),
      add: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { minKeys: 1 }),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

type Step = { do: 'create' | 'complete'; call: number } | { do: 'postback'; by: Rule | number; sets: object };

const worlds = fc
  .record({
    calls: fc.array(fc.record({ duration: fc.integer({ min: 1, max: 9 }), isLive: fc.boolean() }), {
      ...{ minLength: 2, maxLength: 3 },
    }),
    postbacks: fc.array(fc.record({ by: fc.oneof(fc.constantFrom(...rules), fc.nat({ max: 1 })), sets }), {
      ...{ minLength: 1, maxLength: 4 },
    }),
  })
  .chain(({ calls, postbacks }) => {
    const steps: Step[] = [
      ...calls.map((_call, call): Step => ({ do: 'create', call })),
      ...calls.flatMap(({ isLive }, call): Step[] => (isLive ? [{ do: 'complete', call }] : [])),
      ...postbacks.map((one): Step => ({ do: 'postback', ...one })),
    ];
    const shuffled = fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length });
    return fc.record({ calls: fc.constant(calls), steps: shuffled });
  });

/** Plays the steps with calls and a separate number. @returns the calls as they end */
async function play(calls: { duration: number; isLive: boolean }[], steps: Step[]) {
  const phone_number = newNumber();
  const idOf = (call: number) => `${phone_number} ${call}`;
  const created = new Set<number>();
  for (const step of steps) {
    if (step.do === 'postback') {
      const named = typeof step.by === 'number' ? { call_log_id: idOf(step.by) } : { phone_number };
      const hook = hookOf(typeof step.by === 'number' ? 'latest' : step.by);
      expect([200, 202]).toContain((await server.post(hook, { ...named, ...step.sets })).status);
      continue;
    }
    const { duration: duration_seconds = 0, isLive = false } = calls[step.call] ?? {};
    // A completion may come before the event that it completes.
    const isFirst = !created.has(step.call);
    created.add(step.call);
    const state = step.do === 'complete' || !isLive ? 'completed' : 'live';
    const fields = { phone_number, started_at: minutesAgo(60 - 10 * step.call), duration_seconds };
    await server.createCall(idOf(step.call), { state, ...(isFirst && fields) });
  }
  return Promise.all(
    calls.map(async (_call, call) => {
      const { state, revenue_paid_out, reason, converted, tags } = await server.readCall(idOf(call));
      return { state, revenue_paid_out, reason, converted, tags };
    }),
  );
}

test('any order of calls of one number, completions and postbacks ends as if the calls had come first', {
  timeout: times(120_000, 900_000),
}, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ calls, steps }) => {
      const creations = calls.map((_call, call): Step => ({ do: 'create', call }));
      const others = steps.filter((step) => step.do !== 'create');
      expect(await play(calls, steps)).toEqual(await play(calls, [...creations, ...others]));
    }),
    { numRuns: times(25, 400), endOnFailure: true },
  );
});
