/**
 * Whatever the order in which calls, their events and postbacks arrive, on two servers that are restarted meanwhile: the
 * calls end as if all of them had arrived first (docs/senders.md#waiting-for-the-call).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { times } from '../../faults/faults.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestServerOn, type TestServer, type TestWebhook } from '../../support/server.ts';

let database: TestDatabase;
let servers: TestServer[];
let webhook: TestWebhook;

beforeAll(async () => {
  database = await createTestDatabase();
  servers = [await startTestServerOn(database), await startTestServerOn(database)];
  webhook = await serverAt(0).createWebhook('update_fields', { unmatched: 'wait' });
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

function serverAt(at: number): TestServer {
  const server = servers[at % servers.length];
  if (server === undefined) throw new Error('there are two servers');
  return server;
}

async function restart(at: number): Promise<void> {
  await serverAt(at).stop();
  servers[at % servers.length] = await startTestServerOn(database);
}

/** Sends it again where a busy database answers 503. */
async function createCall(server: TestServer, call: object): Promise<void> {
  let status = 503;
  while (status === 503) ({ status } = await server.api('POST', '/calls', call));
  expect(status).toBeLessThan(300);
}

test('a postback and its call that come at the same moment, each to another server, find each other', async () => {
  const rounds = times(150, 1_500);
  for (let from = 0; from < rounds; from += 25) {
    await Promise.all(
      Array.from({ length: 25 }, async (_, at) => {
        const id = `race ${from + at}`;
        const phone_number = `+1212${5550000 + from + at}`;
        const named = at % 2 === 0 ? { call_log_id: id } : { phone_number };
        const [answer] = await Promise.all([
          serverAt(at).post(webhook, { ...named, revenue_paid_out: 1 }),
          createCall(serverAt(at + 1), { call_log_id: id, state: 'completed', phone_number }),
        ]);
        expect([200, 202]).toContain(answer.status);
      }),
    );
  }
  const [row] = await database.query(
    `select * from (select count(*) filter (where revenue_paid_out = 1)::int as paid, count(*)::int as calls
       from call where call_log_id like 'race %') as made,
       (select count(*)::int as waiting from postback where status = 'waiting') as left_over`,
  );
  expect(row).toEqual({ paid: rounds, calls: rounds, waiting: 0 });
});

const callCount = 3;

/** How a postback may name its call: by its id, its number or its other id. */
const namings = ['id', 'number', 'other'] as const;

type Step =
  | { do: 'postback'; call: number; by: (typeof namings)[number]; sets: Sets }
  | { do: 'event'; call: number; event: 'create' | 'number' | 'other' | 'complete' }
  | { do: 'restart' };
type Sets = { revenue_paid_out?: number; reason?: string; add?: Record<string, string>; remove?: string[] };

const sets = fc
  .record(
    {
      revenue_paid_out: fc.integer({ min: 1, max: 9 }),
      reason: fc.constantFrom('a', 'b', 'c'),
      add: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { minKeys: 1 }),
      remove: fc.constantFrom<string[]>(['z'], ['x', 'z']),
    },
    { requiredKeys: [] },
  )
  .map(({ remove, ...others }): Sets => (others.add === undefined && remove ? { ...others, remove } : others))
  .filter((one) => Object.keys(one).length > 0);

const callIndex = fc.nat({ max: callCount - 1 });
const postback = fc.record({
  do: fc.constant('postback' as const),
  call: callIndex,
  by: fc.constantFrom(...namings),
  sets,
});
const events: Step[] = Array.from({ length: callCount }, (_, call) =>
  (['create', 'number', 'other', 'complete'] as const).map((event): Step => ({ do: 'event', call, event })),
).flat();
const steps = fc
  .tuple(fc.array(postback, { minLength: 4, maxLength: 14 }), fc.nat({ max: 1 }))
  .chain(([postbacks, restarts]) => {
    const all: Step[] = [...postbacks, ...events, ...Array<Step>(restarts).fill({ do: 'restart' })];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });

let worlds = 0;

async function send(step: Step, world: number, at: number): Promise<void> {
  if (step.do === 'restart') return restart(at);
  const id = `w${world} c${step.call}`;
  const names = {
    id: { call_log_id: id },
    number: { phone_number: `+1646${5550000 + world * callCount + step.call}` },
    other: { call_log_id: `${id} other` },
  };
  const server = serverAt(at);
  if (step.do === 'postback') {
    const { status } = await server.post(webhook, { ...names[step.by], ...step.sets });
    expect([200, 202]).toContain(status);
    return;
  }
  const fields = {
    create: {},
    number: names.number,
    other: { other_ids: [names.other.call_log_id] },
    complete: { state: 'completed' },
  }[step.event];
  const { status } = await server.api('POST', '/calls', { call_log_id: id, ...fields });
  expect([200, 201]).toContain(status);
}

/** What the calls are when they come first: the postbacks alone, in order of receipt. */
function model(all: Step[]) {
  const calls = Array.from({ length: callCount }, () => ({
    revenue_paid_out: null as string | null,
    reason: null as string | null,
    tags: {} as Record<string, string>,
  }));
  for (const step of all) {
    const call = step.do === 'postback' ? calls[step.call] : undefined;
    if (call === undefined || step.do !== 'postback') continue;
    const { revenue_paid_out, reason, add = {}, remove = [] } = step.sets;
    if (revenue_paid_out !== undefined) call.revenue_paid_out = `${revenue_paid_out}.00`;
    if (reason !== undefined) call.reason = reason;
    for (const key of remove) delete call.tags[key];
    Object.assign(call.tags, add);
  }
  return calls;
}

test('any order of calls, events, completions, postbacks and restarts ends as if the calls had come first', {
  timeout: times(120_000, 900_000),
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      worlds += 1;
      const world = worlds;
      for (const [at, step] of all.entries()) await send(step, world, at);
      const expected = model(all);
      for (const [call, values] of expected.entries()) {
        const { revenue_paid_out, reason, tags, state, queued_updates } = await serverAt(0).readCall(
          `w${world} c${call}`,
        );
        expect({ revenue_paid_out, reason, tags }).toEqual(values);
        expect({ state, queued_updates }).toEqual({ state: 'completed', queued_updates: 0 });
      }
    }),
    { numRuns: times(25, 300) },
  );
  expect(
    await database.query(`select count(*)::int from postback where status <> all('{applied,unchanged}')`),
  ).toEqual([{ count: 0 }]);
});
