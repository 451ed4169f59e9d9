/** The fold of any batches against the model that takes one postback after the other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FoldedCall, initialValues } from '../../src/core/calls/call.ts';
import {
  type BatchState,
  type Decided,
  foldBatch,
  type Match,
  type PriorPostback,
  priorKey,
} from '../../src/core/updates/fold/fold.ts';
import type { Postback } from '../../src/core/updates/postback.ts';
import { reject } from '../../src/core/updates/rejection.ts';
import type { UpdateJson } from '../../src/core/updates/update.ts';
import { emptyTags, type Tags } from '../../src/core/values/tags.ts';
import { Model, type ModelCall, phoneCalls, receivedAt, type Seen, type Sent } from './model.ts';

/** The database between two batches: it remembers what was written, and reads it back for the next one. */
class Shelf {
  readonly calls: Map<string, FoldedCall>;
  readonly log: Decided[] = [];

  constructor(calls: Map<string, FoldedCall>) {
    this.calls = calls;
  }

  fold(postbacks: Postback[]): Seen[] {
    const batch = foldBatch(postbacks, this.#read(postbacks));
    this.log.push(...batch.decided);
    for (const [id, values] of batch.changedCalls) {
      const call = this.calls.get(id);
      if (call !== undefined) this.calls.set(id, { ...call, values });
    }
    return batch.outcomes.map((outcome, at) => {
      expect(outcome.isDuplicate).toBe(outcome.postbackId !== postbacks[at]?.postbackId);
      const changes = Object.entries(outcome.changes).map(([name, { from, to }]) => [name, from, to]);
      return {
        status: outcome.status,
        code: outcome.rejection?.code ?? null,
        first: Number(outcome.postbackId),
        call: outcome.status === 'rejected' ? null : outcome.callLogId,
        changes: changes.sort(),
      };
    });
  }

  #read(postbacks: Postback[]): BatchState {
    const matches = new Map<string, Match>();
    for (const { postbackId, target } of postbacks) {
      if (target === null || !('phoneNumber' in target)) continue;
      const callLogId = phoneCalls[target.phoneNumber] ?? null;
      const callLogIds = callLogId === null ? [] : [callLogId];
      matches.set(postbackId, { callLogId, candidates: callLogIds.length, callLogIds });
    }
    const prior = new Map<string, PriorPostback>();
    for (const { postback, outcome, update } of this.log) {
      const { transactionId, sender, target, isDryRun } = postback;
      if (transactionId === null || isDryRun || outcome.status === 'rejected' || !('webhookId' in sender))
        continue;
      const phoneNumber = target !== null && 'phoneNumber' in target ? target.phoneNumber : null;
      prior.set(priorKey(sender.webhookId, transactionId), { phoneNumber, update, outcome });
    }
    return { calls: new Map(this.calls), otherIds: new Map(), matches, prior };
  }
}

function postbackOf(sent: Sent, at: number): Postback {
  const { add, remove, ...set } = sent.update;
  return {
    accountId: 'account',
    postbackId: String(at),
    receivedAt: receivedAt(at),
    sender: { webhookId: sent.webhook, revision: '1.1', matchWindowHours: 1, matchRule: 'latest' },
    sourceIp: '127.0.0.1',
    request: '{}',
    target: sent.call === null ? { phoneNumber: sent.phone ?? '' } : { callLogId: sent.call },
    update: { set, add: Object.assign(emptyTags(), add), remove: remove ?? [] },
    transactionId: sent.transactionId,
    isDryRun: sent.isDryRun,
    ignored: [],
    rejection: sent.isRejectedBefore ? reject('no_updates', 'Send one.') : null,
  };
}

const keys = ['t0', 'new', 'other', '__proto__'];
const addOrRemove = fc
  .record({
    add: fc.dictionary(fc.constantFrom(...keys), fc.constantFrom('x', 'y')),
    remove: fc.subarray(keys),
  })
  .map(({ add, remove }) => ({ add, remove: remove.filter((key) => !Object.hasOwn(add, key)).sort() }));
const updates: fc.Arbitrary<UpdateJson> = fc
  .tuple(
    fc.record(
      {
        converted: fc.boolean(),
        call_converted_at: fc.constantFrom(null, '2026-11-22T00:00:00.000Z'),
        revenue_paid_out: fc.constantFrom('0.00', '1.00', '2.00'),
        publisher_paid_out: fc.constantFrom('0.00', '1.00'),
        reason: fc.constantFrom(null, 'a', 'b'),
        no_payout_reason: fc.constantFrom(null, 'Caps exceeded'),
      },
      { requiredKeys: [] },
    ),
    addOrRemove,
  )
  .map(([set, { add, remove }]) => {
    const isConflicting = set.converted === false && typeof set.call_converted_at === 'string';
    const tags = { ...(Object.keys(add).length > 0 && { add }), ...(remove.length > 0 && { remove }) };
    return { ...set, ...(isConflicting && { converted: true }), ...tags };
  });
const targets = fc.constantFrom<Pick<Sent, 'call' | 'phone'>>(
  ...['live', 'done', 'full', 'live full', 'missing'].map((call) => ({ call, phone: null })),
  ...['+12125550101', '+12125550102', '+12125550199'].map((phone) => ({ call: null, phone })),
);
const sents: fc.Arbitrary<Sent> = fc
  .record({
    target: targets,
    webhook: fc.constantFrom('w1 ', 'w2 '),
    transactionId: fc.constantFrom(null, 'id1', 'id2', 'id3'),
    isDryRun: fc.integer({ max: 5, min: 0 }).map((one) => one === 0),
    isRejectedBefore: fc.integer({ max: 8, min: 0 }).map((one) => one === 0),
    update: updates,
  })
  .map(({ target, ...sent }) => ({ ...sent, ...target }));

/** Postbacks in batches; now and then one comes again, as it was. */
const batches = fc
  .array(fc.tuple(sents, fc.nat(8), fc.boolean()), { minLength: 1, maxLength: 40 })
  .map((items) => {
    const all: Sent[] = [];
    const cuts: Sent[][] = [[]];
    for (const [sent, back, isCut] of items) {
      const repeated = back > 0 ? undefined : all.at(-2);
      all.push(repeated ?? sent);
      cuts.at(-1)?.push(repeated ?? sent);
      if (isCut) cuts.push([]);
    }
    return cuts;
  });

function makeCalls(): Map<string, FoldedCall> {
  const make = (callLogId: string, state: FoldedCall['state'], tagCount: number): [string, FoldedCall] => {
    const tags: Tags = Object.assign(
      emptyTags(),
      Object.fromEntries(Array.from({ length: tagCount }, (_, at) => [`t${at}`, 'x'])),
    );
    return [callLogId, { callLogId, state, values: { ...initialValues(), tags } }];
  };
  return new Map([
    make('live', 'live', 0),
    make('done', 'completed', 0),
    make('full', 'completed', 199),
    make('live full', 'live', 199),
  ]);
}

function modelOf(calls: Map<string, FoldedCall>): Map<string, ModelCall> {
  return new Map(
    Array.from(
      calls,
      ([
        id,
        {
          state,
          values: { tags, ...fields },
        },
      ]) => [
        id,
        {
          isLive: state === 'live',
          fields: new Map(Object.entries(fields)),
          tags: new Map(Object.entries(tags)),
        },
      ],
    ),
  );
}

test('any postbacks in any batches end as they would one by one', () => {
  const seenStatuses = new Set<string>();
  fc.assert(
    fc.property(batches, (cuts) => {
      const model = new Model(modelOf(makeCalls()));
      const shelf = new Shelf(makeCalls());
      let at = 0;
      let repeats = 0;
      for (const cut of cuts) {
        const numbered = cut.map((sent) => ({ sent, at: at++ }));
        const expected = numbered.map((one) => model.take(one.sent, one.at));
        expect(shelf.fold(numbered.map((one) => postbackOf(one.sent, one.at)))).toEqual(expected);
        repeats += expected.filter((seen, index) => seen.first !== numbered[index]?.at).length;
        for (const { status, code } of expected) seenStatuses.add(code ?? status);
      }
      expect(modelOf(shelf.calls)).toEqual(model.calls);
      expect(shelf.log).toHaveLength(at - repeats);
    }),
    { numRuns: 500 },
  );
  // The generator reaches every end that the fold knows.
  expect([...seenStatuses].sort()).toEqual([
    'applied',
    'call_not_completed',
    'call_not_found',
    'no_call_in_window',
    'no_updates',
    'queued',
    'too_many_tags',
    'transaction_id_reused',
    'unchanged',
  ]);
});
