/** Undo, against any sequence of updates: nothing that another change has set is touched, and nothing remains of the undone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallValues } from '../../calls/call.ts';
import { moneyOf, unitsOf } from '../../values/money/money-units.ts';
import { emptyTags } from '../../values/tags.ts';
import { type Update, updateToJson } from '../update.ts';
import { applyRepeat, type Repeats } from './repeats.ts';
import { type PastChange, sumsOf, undoPostback } from './undo.ts';

const initial: CallValues = {
  ...{ converted: false, call_converted_at: null, revenue_paid_out: null, publisher_paid_out: '3.00' },
  ...{ reason: 'at first', no_payout_reason: null, tags: { deal: 'open' } },
};

/** A call, its log, and what may be done to it. */
class LoggedCall {
  values = initial;
  readonly history: PastChange[] = [];
  #count = 0;

  send(update: Update, repeats: Repeats | undefined): string | null {
    const applied = applyRepeat(this.values, update, `2026-11-23T12:00:0${this.#count % 10}.000Z`, repeats);
    if ('code' in applied) return null;
    this.values = applied.values;
    return this.#log({ changes: applied.changes, sums: sumsOf(updateToJson(update), repeats ?? null) });
  }

  undo(id: string) {
    const undone = undoPostback(this.values, this.history, id);
    this.values = undone.values;
    this.#log({ changes: undone.changes, undoOf: id });
    return undone;
  }

  #log(change: Partial<PastChange>): string {
    this.#count += 1;
    const id = `p${this.#count}`;
    const at = '2026-11-23T12:00:00.000Z';
    this.history.push({
      ...{ id, isPostback: true, by: id, at, changes: {}, sums: {}, undoOf: null, isCorrection: false },
      ...change,
    });
    return id;
  }
}

const money = fc.constantFrom('1.00', '2.00', '0.1001');
const update: fc.Arbitrary<Update> = fc
  .record({
    set: fc.record(
      {
        converted: fc.boolean(),
        revenue_paid_out: money,
        publisher_paid_out: money,
        reason: fc.constantFrom('a', 'b', null),
      },
      { requiredKeys: [] },
    ),
    add: fc.dictionary(fc.constantFrom('deal', 'step'), fc.constantFrom('1', '2')),
    remove: fc.subarray(['color']),
  })
  .map(({ set, add, remove }) => ({ set, add: Object.assign(emptyTags(), add), remove }));
const repeats = fc.constantFrom<Repeats | undefined>(undefined, { '*': 'add' }, { '*': 'keep' });
const sent = fc.array(fc.tuple(update, repeats), { minLength: 1, maxLength: 8 });
/** Postbacks, and an order in which some of them are undone. */
const scenario = sent.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray(all.map((_, at) => at)),
  }),
);

function play(all: [Update, Repeats | undefined][]): { call: LoggedCall; ids: (string | null)[] } {
  const call = new LoggedCall();
  return { call, ids: all.map(([one, policy]) => call.send(one, policy)) };
}

describe('undone in any order', () => {
  test('a postback never touches a value that another one has set since', () => {
    fc.assert(
      fc.property(scenario, ({ all, order }) => {
        const { call, ids } = play(all);
        const isUndone = new Set<string>();
        for (const at of order) {
          const id = ids[at];
          if (id == null) continue;
          const own = call.history.find((change) => change.id === id);
          const before = new Map(Object.entries(call.values));
          // The field has less than the amount: a later value replaced it, and stayed when it was itself undone.
          const isReplaced = (field: string) => Number(own?.sums[field] ?? 0) > Number(before.get(field));
          const isMine = (field: string) => {
            const later = call.history
              .slice(call.history.findIndex((change) => change.id === id) + 1)
              .filter((change) => change.undoOf === null && !isUndone.has(change.id))
              .filter(({ changes }) => Object.hasOwn(changes, field));
            const isSum = own?.sums[field] !== undefined;
            return later.every(({ sums }) => isSum && sums[field] !== undefined);
          };
          const { changes, changedSince } = call.undo(id);
          isUndone.add(id);
          for (const field of Object.keys(changes)) expect(isMine(field), field).toBe(true);
          for (const { field } of changedSince)
            expect(isMine(field) && !isReplaced(field), field).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('all postbacks leave the call as it was before them', () => {
    fc.assert(
      fc.property(
        sent.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray(
              all.map((_, at) => at),
              { minLength: all.length },
            ),
          ),
        ),
        ([all, order]) => {
          const { call, ids } = play(all);
          for (const at of order) {
            const id = ids[at];
            if (id != null) call.undo(id);
          }
          expect({ ...call.values, tags: { ...call.values.tags } }).toEqual(initial);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('sums are what the others add up to', () => {
    const amounts = fc.array(money, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        amounts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all.map((_, at) => at)))),
        ([all, order]) => {
          const call = new LoggedCall();
          const add = (revenue_paid_out: string) =>
            call.send({ set: { revenue_paid_out }, add: emptyTags(), remove: [] }, { '*': 'add' });
          const ids = all.map(add);
          for (const at of order) call.undo(ids[at] ?? '');
          const rest = all.filter((_, at) => !order.includes(at));
          const sum = moneyOf(rest.reduce((units, amount) => units + unitsOf(amount), 0n));
          expect(call.values.revenue_paid_out).toBe(rest.length === 0 ? null : sum);
        },
      ),
    );
  });
});

test('changes whose times are in another order than their values are taken in the order of the values', () => {
  const change = (id: string, from: string | null, to: string, at: string): PastChange => ({
    ...{ id, isPostback: true, by: id, at, sums: {}, undoOf: null, isCorrection: false },
    changes: { reason: { from, to } },
  });
  const history = [
    change('second', 'a', 'b', '2026-11-23T12:00:00.000Z'),
    change('first', null, 'a', '2026-11-23T12:00:01.000Z'),
  ];
  const values = { ...initial, reason: 'b' };
  expect(undoPostback(values, history, 'first').changedSince).toMatchObject([
    { field: 'reason', by: 'second' },
  ]);
  expect(undoPostback(values, history, 'second').changes).toEqual({ reason: { from: 'b', to: 'a' } });
});
