/**
 * Undo in any order, beside postbacks of others, changes by hand and completions, against a plain model: a value that
 * somebody else set later is never touched, and undoing everything restores the calls (docs/operations.md#undo).
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startTestServer,
  startTestServerOn,
  type TestServer,
  type TestWebhook,
} from '../../support/server.ts';

/** Half a minute alone on two cores; many requests one after the other, beside other files. */
const slowMachineMs = 300_000;

let servers: TestServer[];
/** the last one adds amounts up */
let webhooks: TestWebhook[];

beforeAll(async () => {
  const first = await startTestServer();
  servers = [first, await startTestServerOn(first.database)];
  webhooks = await Promise.all([
    first.createWebhook('update_fields', { name: 'one', unmatched: 'wait' }),
    first.createWebhook('update_fields', { name: 'two', unmatched: 'wait' }),
    first.createWebhook('update_fields', {
      ...{ name: 'adds', unmatched: 'wait', repeats: { revenue_paid_out: 'add' } },
    }),
  ]);
});

afterAll(async () => {
  await servers[1]?.stop();
  await servers[0]?.stop();
});

const names = ['revenue_paid_out', 'reason', 'tags.x', 'tags.y'] as const;
type Name = (typeof names)[number];
type Sets = Partial<Record<Name, string>>;
type Step =
  | { do: 'postback'; by: number; sets: Sets }
  | { do: 'hand'; sets: Sets }
  | { do: 'undo'; of: number }
  | { do: 'create' }
  | { do: 'complete' };

const amounts = fc.constantFrom('1.25', '2', '3.5');
const words = fc.constantFrom('a', 'b', 'c');
const sets = fc
  .record(
    { revenue_paid_out: amounts, reason: words, 'tags.x': words, 'tags.y': words },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);
const postback = fc.record({ do: fc.constant('postback' as const), by: fc.nat({ max: 2 }), sets });
const hand = fc.record({ do: fc.constant('hand' as const), sets });
const undo = fc.record({ do: fc.constant('undo' as const), of: fc.nat({ max: 20 }) });
const stepsOf = (...kinds: fc.Arbitrary<Step>[]) =>
  fc
    .tuple(
      fc.array(fc.oneof(...kinds), { minLength: 5, maxLength: 18 }),
      fc.nat({ max: 6 }),
      fc.nat({ max: 8 }),
    )
    .map(([steps, create, complete]): Step[] => [
      ...steps.slice(0, create),
      { do: 'create' },
      ...steps.slice(create, create + complete),
      { do: 'complete' },
      ...steps.slice(create + complete),
    ]);

/** What was sent, and whether it has been applied, undone or canceled. */
type Entry = { id: string; by: number | null; sets: Sets; isApplied: boolean; isUndone: boolean };
/** What an applied entry did to one field. */
type Change = { entry: Entry; amount: string | null; to: string };

/** One call, as docs/operations.md describes undo. Money is counted in hundredths. */
class Model {
  readonly entries: Entry[] = [];
  readonly values = new Map<Name, string>();
  readonly #changes = new Map<Name, Change[]>();
  state: 'none' | 'live' | 'completed' = 'none';

  take(entry: Entry): void {
    this.entries.push(entry);
    if (this.state === 'completed') this.#apply(entry);
  }

  complete(): void {
    this.state = 'completed';
    for (const entry of this.entries) if (!entry.isUndone) this.#apply(entry);
  }

  /** @returns the fields that somebody else has set since, or "canceled" */
  undo(entry: Entry): Name[] | 'canceled' {
    entry.isUndone = true;
    if (!entry.isApplied) return 'canceled';
    return names.filter((name) => this.#undoField(entry, name));
  }

  #apply(entry: Entry): void {
    entry.isApplied = true;
    for (const name of names) {
      const value = entry.sets[name];
      if (value === undefined) continue;
      const isSum = entry.by === 2 && name === 'revenue_paid_out';
      const amount = isSum ? value : null;
      const current = this.values.get(name);
      const to =
        name !== 'revenue_paid_out' ? value : isSum ? add(current, value, 1) : add(undefined, value, 1);
      if (to === current) continue;
      this.values.set(name, to);
      this.#changes.set(name, [...(this.#changes.get(name) ?? []), { entry, amount, to }]);
    }
  }

  #undoField(entry: Entry, name: Name): boolean {
    const changes = this.#changes.get(name) ?? [];
    const at = changes.findIndex((change) => change.entry === entry);
    const own = changes[at];
    if (own === undefined) return false;
    const counts = (change: Change) => !change.entry.isUndone;
    const later = changes.slice(at + 1).filter(counts);
    if (later.some(({ amount }) => own.amount === null || amount === null)) return true;
    if (own.amount !== null && later.length > 0) {
      const rest = add(this.values.get(name), own.amount, -1);
      if (Number(rest) < 0) return true; // it was replaced by what was set since
      this.values.set(name, rest);
      return false;
    }
    const earlier = changes.slice(0, at).filter(counts);
    const value = earlier.reduce<string | undefined>(
      (sum, { amount, to }) => (amount === null ? to : add(sum, amount, 1)),
      undefined,
    );
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
    return false;
  }
}

function add(current: string | undefined, amount: string, sign: 1 | -1): string {
  const cents = Math.round(Number(current ?? '0') * 100) + sign * Math.round(Number(amount) * 100);
  return (cents / 100).toFixed(2);
}

function bodyOf(sets: Sets) {
  const { 'tags.x': x, 'tags.y': y, ...fields } = sets;
  const tags = { ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
  return { ...fields, ...(Object.keys(tags).length > 0 && { add: tags }) };
}

let worlds = 0;
let sent = 0;

/** The call of one run, on the servers and in the model. */
class World {
  readonly id: string;
  readonly model = new Model();

  constructor() {
    worlds += 1;
    this.id = `world ${worlds}`;
  }

  async do(step: Step): Promise<void> {
    const { id, model } = this;
    sent += 1;
    const server = servers[sent % 2] as TestServer;
    if (step.do === 'create') {
      await server.createCall(id, { state: 'live' });
      model.state = 'live';
    } else if (step.do === 'complete') {
      await server.api('POST', `/calls/${encodeURIComponent(id)}/complete`);
      model.complete();
    } else if (step.do === 'hand') {
      if (model.state === 'none') return;
      const { status } = await server.api('PATCH', `/calls/${encodeURIComponent(id)}`, bodyOf(step.sets));
      expect([200, 202]).toContain(status);
      model.take({ id: '', by: null, sets: step.sets, isApplied: false, isUndone: false });
    } else if (step.do === 'postback') {
      const body = { call_log_id: id, transaction_id: `${sent}`, ...bodyOf(step.sets) };
      const { status, json } = await server.post(webhooks[step.by] as TestWebhook, body);
      expect([200, 202]).toContain(status);
      model.take({ id: json.postback_id, by: step.by, sets: step.sets, isApplied: false, isUndone: false });
    } else {
      const undoable = model.entries.filter(({ by, isUndone }) => by !== null && !isUndone);
      const entry = undoable[step.of % Math.max(undoable.length, 1)];
      if (entry === undefined) return;
      const { status, json } = await server.api('POST', `/postbacks/${entry.id}/undo`);
      expect(status).toBe(200);
      const since = json.changed_since?.map(({ field }: { field: string }) => field).sort() ?? [];
      const expected = model.undo(entry);
      expect(json.canceled === true ? 'canceled' : since).toEqual(
        expected === 'canceled' ? expected : [...expected].sort(),
      );
    }
    await this.check();
  }

  async check(): Promise<void> {
    if (this.model.state === 'none') return;
    const { revenue_paid_out, reason, tags } = await this.read();
    const expected = this.model.state === 'live' ? new Map() : this.model.values;
    expect({ revenue_paid_out, reason, 'tags.x': tags.x ?? null, 'tags.y': tags.y ?? null }).toEqual(
      Object.fromEntries(names.map((name) => [name, expected.get(name) ?? null])),
    );
  }

  read() {
    return (servers[0] as TestServer).readCall(this.id);
  }
}

test(
  'undo in any order never touches a value that somebody else set later',
  async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(postback, hand, undo), async (steps) => {
        const world = new World();
        for (const step of steps) await world.do(step);
      }),
      { numRuns: 40 },
    );
  },
  slowMachineMs,
);

/** Amounts, a value in their place, and one more amount: undone, the value was left, and the first amounts are not in it. */
const replacedAmounts: Step[] = [
  { do: 'create' },
  { do: 'complete' },
  ...[2, 2, 2, 0, 2].map((by): Step => ({ do: 'postback', by, sets: { revenue_paid_out: '1.25' } })),
  ...[3, 0, 0, 0].map((of): Step => ({ do: 'undo', of })),
];

test(
  'undoing everything, one by one in any order or a sender at once, restores the calls',
  async () => {
    const undos = fc.array(undo, { maxLength: 12 });
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
    await fc.assert(
      fc.asyncProperty(stepsOf(postback, undo), undos, order, async (steps, more, senders) => {
        const world = new World();
        for (const step of [...steps, ...more]) await world.do(step);
        const period = { from: '2020-01-01', to: '2099-01-01' };
        for (const at of senders)
          await servers[0]?.api('POST', `/webhooks/incoming/${webhooks[at]?.id}/undo`, period);
        const call = await world.read();
        expect(call).toMatchObject({ revenue_paid_out: null, reason: null, tags: {}, queued_updates: 0 });
      }),
      { numRuns: 25, examples: [[replacedAmounts, [], [2, 0, 1]]] },
    );
  },
  slowMachineMs,
);
