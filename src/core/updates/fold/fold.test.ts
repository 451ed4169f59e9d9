/** Single guarantees of the fold; `test/writer/fold-against-model.test.ts` has the whole of them at once. */
import { describe, expect, test } from 'vitest';
import { type FoldedCall, initialValues } from '../../calls/call.ts';
import { emptyTags } from '../../values/tags.ts';
import type { Outcome, Postback } from '../postback.ts';
import { reject } from '../rejection.ts';
import type { Update } from '../update.ts';
import { foldBatch, type Match, type PriorPostback, priorKey } from './fold.ts';

const received = '2026-11-23T12:00:00.000Z';

function callOf(callLogId: string, state: FoldedCall['state'] = 'completed'): FoldedCall {
  return { callLogId, state, values: initialValues() };
}

function postbackOf(postbackId: string, set: Update['set'], changes: Partial<Postback> = {}): Postback {
  return {
    accountId: 'account',
    postbackId,
    receivedAt: received,
    sender: { webhookId: 'webhook', revision: '1.1', matchWindowHours: 1, matchRule: 'latest' },
    sourceIp: '127.0.0.1',
    request: '{}',
    target: { callLogId: 'done' },
    update: { set, add: emptyTags(), remove: [] },
    transactionId: null,
    isDryRun: false,
    ignored: [],
    rejection: null,
    ...changes,
  };
}

function fold(postbacks: Postback[], matches: [string, Match][] = [], prior: [string, PriorPostback][] = []) {
  const calls = [callOf('done'), callOf('live', 'live')];
  return foldBatch(postbacks, {
    calls: new Map(calls.map((call) => [call.callLogId, call])),
    matches: new Map(matches),
    otherIds: new Map(),
    prior: new Map(prior),
  });
}

test('a call that several postbacks of a batch change is written once, and each sees what the one before did', () => {
  const { changedCalls, outcomes } = fold(
    ['a', 'b', 'c'].map((reason) =>
      postbackOf(reason, { reason }, { update: { set: { reason }, add: { [reason]: '1' }, remove: [] } }),
    ),
  );
  expect([...changedCalls.keys()]).toEqual(['done']);
  expect(changedCalls.get('done')).toMatchObject({ reason: 'c', tags: { a: '1', b: '1', c: '1' } });
  expect(outcomes.map(({ changes }) => changes['reason'])).toEqual([
    { from: null, to: 'a' },
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
  ]);
});

test('a call that nothing changed is not written', () => {
  const { changedCalls, outcomes } = fold([
    postbackOf('1', { converted: false }),
    postbackOf('2', { reason: 'x' }, { isDryRun: true }),
    postbackOf('3', { reason: 'x' }, { target: { callLogId: 'live' } }),
    postbackOf('4', { reason: 'x' }, { target: { callLogId: 'unknown' } }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'applied', 'queued', 'rejected']);
  expect(changedCalls.size).toBe(0);
});

test('a repeat of what a person has named the call of is one, also in the same batch', () => {
  const sent = { transactionId: 'T', target: { phoneNumber: '+12125550101' } };
  const replay = { of: '0', firstReceivedAt: received, by: 'a person' };
  const { outcomes } = fold([
    postbackOf('1', { reason: 'x' }, { ...sent, target: { callLogId: 'done' }, replay }),
    postbackOf('2', { reason: 'x' }, sent),
  ]);
  expect(outcomes).toMatchObject([{ status: 'applied' }, { postbackId: '1', isDuplicate: true }]);
});

test('every field that a live call does not take is named', () => {
  const set = { publisher_paid_out: '1.00', no_payout_reason: null, reason: 'x' };
  const [outcome] = fold([postbackOf('1', set, { target: { callLogId: 'live' } })]).outcomes;
  expect(outcome?.rejection?.errors).toMatchObject([
    { field: 'publisher_paid_out', code: 'call_not_completed' },
    { field: 'no_payout_reason', code: 'call_not_completed' },
  ]);
});

describe('a phone number', () => {
  const byPhone = postbackOf('1', { reason: 'x' }, { target: { phoneNumber: '+12125550101' } });

  test('names the call that was picked, and tells how many there were', () => {
    const match = { callLogId: 'done', candidates: 3, callLogIds: ['done', 'b', 'c'] };
    const [outcome] = fold([byPhone], [['1', match]]).outcomes;
    expect(outcome).toMatchObject({
      status: 'applied',
      callLogId: 'done',
      matchedBy: 'phone_number',
      candidates: 3,
    });
  });

  test('that several calls share picks none by the rule "only", and the rejection lists their ids', () => {
    const match = { callLogId: null, candidates: 2, callLogIds: ['a', 'b'] };
    const { outcomes, changedCalls } = fold([byPhone], [['1', match]]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', candidates: 2, rejection: { code: 'ambiguous_call', callLogIds: ['a', 'b'] } },
    ]);
    expect(changedCalls.size).toBe(0);
  });

  test('that no call in the window has is rejected', () => {
    const match = { callLogId: null, candidates: 0, callLogIds: [] };
    expect(fold([byPhone], [['1', match]]).outcomes).toMatchObject([
      { status: 'rejected', candidates: 0, rejection: { code: 'no_call_in_window' } },
    ]);
  });
});

describe('a transaction id', () => {
  const first: Outcome = {
    postbackId: 'first',
    status: 'queued',
    isDuplicate: false,
    callLogId: 'done',
    matchedBy: 'call_log_id',
    candidates: 1,
    changes: {},
    kept: [],
    ignored: ['utm'],
    rejection: null,
  };
  const prior: [string, PriorPostback][] = [
    [priorKey('webhook', 'id'), { phoneNumber: null, update: '{"reason":"x"}', outcome: first }],
  ];

  test('that came before with the same update is answered as then, even where the call has completed since', () => {
    const { outcomes, decided, changedCalls } = fold(
      [postbackOf('2', { reason: 'x' }, { transactionId: 'id' })],
      [],
      prior,
    );
    expect(outcomes).toEqual([{ ...first, isDuplicate: true }]);
    expect(decided).toEqual([]);
    expect(changedCalls.size).toBe(0);
  });

  test('that an earlier try of the same postback has used is answered as the first that it is', () => {
    const { outcomes, decided } = fold(
      [postbackOf('first', { reason: 'x' }, { transactionId: 'id' })],
      [],
      prior,
    );
    expect(outcomes).toEqual([first]);
    expect(decided).toEqual([]);
  });

  test.each([
    ['another value', postbackOf('2', { reason: 'y' }, { transactionId: 'id' })],
    ['another field', postbackOf('2', { revenue_paid_out: '1.00' }, { transactionId: 'id' })],
    [
      'another call',
      postbackOf('2', { reason: 'x' }, { transactionId: 'id', target: { callLogId: 'live' } }),
    ],
    [
      'a number for the same call',
      postbackOf('2', { reason: 'x' }, { transactionId: 'id', target: { phoneNumber: '+1' } }),
    ],
  ])('that comes with %s is rejected', (_what, postback) => {
    const { outcomes, changedCalls } = fold([postback], [], prior);
    expect(outcomes).toMatchObject([{ status: 'rejected', rejection: { code: 'transaction_id_reused' } }]);
    expect(changedCalls.size).toBe(0);
  });

  test('of another webhook is another id', () => {
    const sender = { webhookId: 'other', revision: '1.1', matchWindowHours: 1, matchRule: 'latest' } as const;
    const postback = postbackOf('2', { reason: 'y' }, { transactionId: 'id', sender });
    expect(fold([postback], [], prior).outcomes).toMatchObject([{ status: 'applied', isDuplicate: false }]);
  });

  test('is not used up by what was rejected or tried dry', () => {
    const id = { transactionId: 'new' };
    const { outcomes } = fold([
      postbackOf('1', { reason: 'a' }, { ...id, rejection: reject('invalid_value', 'Send another.') }),
      postbackOf('2', { reason: 'b' }, { ...id, target: { callLogId: 'unknown' } }),
      postbackOf('3', { reason: 'c' }, { ...id, isDryRun: true }),
      postbackOf('4', { reason: 'd' }, id),
      postbackOf('5', { reason: 'd' }, id),
    ]);
    expect(outcomes.map(({ postbackId, status, isDuplicate }) => [postbackId, status, isDuplicate])).toEqual([
      ['1', 'rejected', false],
      ['2', 'rejected', false],
      ['3', 'applied', false],
      ['4', 'applied', false],
      ['4', 'applied', true],
    ]);
  });
});

test('a postback that names no call and carries no rejection is a bug, not an answer', () => {
  expect(() => fold([postbackOf('1', { reason: 'x' }, { target: null })])).toThrow(
    'must carry its rejection',
  );
});
