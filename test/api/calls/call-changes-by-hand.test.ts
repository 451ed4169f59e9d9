/** `PATCH /calls/{id}`: the fields, rules and rejections of `update_fields`, and who did it. */
import { describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { type Answer, useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);
let calls = 0;

const before = {
  ended_at: '2026-11-20T10:05:00Z',
  revenue_paid_out: '1',
  reason: 'Open',
  no_payout_reason: 'Caps exceeded',
  converted: true,
  call_converted_at: '2026-11-20T10:00:00Z',
  tags: { deal: 'open', region: 'west' },
};

/** Two calls that are alike but for their ids. */
async function createTwins(fields: object = before): Promise<[string, string]> {
  calls += 1;
  const ids: [string, string] = [`hand ${calls}`, `sent ${calls}`];
  for (const id of ids) await server.createCall(id, fields);
  return ids;
}

function change(id: string, body: unknown): Promise<Answer> {
  return server.api('PATCH', `/calls/${encodeURIComponent(id)}`, body);
}

/** What a call says beside its name and what no two calls share. */
function withoutIdentity({
  call_log_id: _id,
  created_at: _at,
  updated_at: _then,
  started_at: _start,
  ...call
}: Record<string, unknown>) {
  return call;
}

const accepted: [string, object][] = [
  ['a conversion', { converted: 'no' }],
  ['a conversion time', { call_converted_at: '2026-11-21T10:00:00+01:00' }],
  ['a cleared conversion time', { call_converted_at: null }],
  ['money as text', { revenue_paid_out: '12.5', publisher_paid_out: '3.0001' }],
  ['money as a number', { revenue_paid_out: 99999999.9999, publisher_paid_out: 0 }],
  ['a reason', { reason: '  Sold  ' }],
  ['an empty reason', { reason: '' }],
  ['a hold in another spelling', { no_payout_reason: 'condition_not-met' }],
  ['a released hold', { no_payout_reason: null }],
  ['tags as an object', { add: { deal: 'won', new: 5 } }],
  ['tags as texts', { add: ['deal:won', 'bare'], remove: 'region' }],
  ['tags to remove', { remove: ['deal', 'unknown'] }],
  ['fields in "fields"', { fields: { reason: 'Sold', revenue_paid_out: '8' } }],
  ['values that stand already', { revenue_paid_out: '1.0', reason: 'Open' }],
  ['unknown names at the top level beside known ones', { reason: 'Sold', utm_source: 'x' }],
];

describe('a change by hand does to a call what the same postback does', () => {
  test.each(accepted)('%s', async (_what, update) => {
    const [byHand, bySender] = await createTwins();
    const answer = await change(byHand, update);
    const posted = await server.post(webhook, { call_log_id: bySender, ...update });
    expect([answer.status, posted.status]).toEqual([200, 200]);
    const call = await server.readCall(byHand);
    expect(withoutIdentity(call)).toEqual(withoutIdentity(await server.readCall(bySender)));
    const ignored = posted.json.ignored.length > 0 ? { ignored: posted.json.ignored } : {};
    expect(answer.json).toEqual({ ...call, ...ignored });
    const { items } = (await server.api('GET', `/calls/${encodeURIComponent(byHand)}/timeline`)).json;
    const item = items.at(-1);
    expect(item).toMatchObject({ kind: 'changed', by: 'owner', status: posted.json.status });
    expect(item.changes).toEqual(posted.json.changes);
  });
});

const rejected: [string, object][] = [
  ['nothing', {}],
  ['unknown names only', { campaign: 'Solar' }],
  ['an unknown field in "fields"', { fields: { revenu: 5, buyer: 'x' }, reason: 'Sold' }],
  ['"fields" that is no object', { fields: 'all' }],
  ['a field twice', { reason: 'Sold', fields: { reason: 'Other' } }],
  ['null money', { revenue_paid_out: null, publisher_paid_out: null }],
  ['null converted', { converted: null }],
  ['money that is none', { revenue_paid_out: '$5', publisher_paid_out: '1.00001' }],
  ['a negative amount', { revenue_paid_out: -1 }],
  ['a contradiction', { converted: false, call_converted_at: '2026-11-20T10:00:00Z' }],
  ['a time far ahead', { call_converted_at: '2099-01-01T00:00:00Z' }],
  ['a long reason', { reason: 'x'.repeat(501) }],
  ['another hold', { no_payout_reason: 'Because' }],
  ['a tag in both', { add: { a: '1' }, remove: ['a'] }],
  ['a null tag', { add: { a: null } }],
  ['51 tags', { add: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`t${at}`, 'x'])) }],
  ['a macro', { reason: '{reason}' }],
  ['many faults', { converted: 'x', revenue_paid_out: 'y', add: [1], reason: 'z'.repeat(501) }],
];

describe('a change by hand is rejected as the same postback is', () => {
  test.each(rejected)('%s', async (_what, update) => {
    const [byHand, bySender] = await createTwins();
    const call = await server.readCall(byHand);
    const answer = await change(byHand, update);
    const posted = await server.post(webhook, { call_log_id: bySender, ...update });
    expectProblem(answer, posted.status, posted.json.code);
    expect(answer.json.detail).toBe(posted.json.detail);
    expect(answer.json.errors).toEqual(posted.json.errors);
    expect(await server.readCall(byHand)).toEqual(call);
  });

  test('200 tags on the call', async () => {
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`t${at}`, 'x']));
    const [byHand] = await createTwins({ tags });
    expectProblem(await change(byHand, { add: ['more'], reason: 'Sold' }), 422, 'too_many_tags');
    expect((await server.readCall(byHand)).reason).toBeNull();
  });

  test.each([
    ['an array', '[]', 'application/json', 400, 'malformed_body'],
    ['no JSON', '{', 'application/json', 400, 'malformed_body'],
    ['a form', 'reason=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ])('%s as the body', async (_what, body, contentType, status, code) => {
    const [byHand] = await createTwins();
    const answer = await server.request(`/api/v1/calls/${encodeURIComponent(byHand)}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': contentType },
      body,
    });
    expectProblem(answer, status, code);
  });
});

test('the path names the call: another one in the body is rejected, and what else names calls is ignored', async () => {
  const [byHand, other] = await createTwins();
  const rejection = await change(byHand, { call_log_id: other, reason: 'Sold' });
  expectProblem(rejection, 422, 'conflicting_field');
  expect(faultsOf(rejection)).toEqual(['call_log_id: conflicting_field']);
  const names = { call_log_id: byHand, phone_number: '+14155550100', transaction_id: 't1', return: 'gif' };
  const answer = await change(byHand, { ...names, reason: 'Sold' });
  expect(answer.json).toMatchObject({
    reason: 'Sold',
    ignored: ['phone_number', 'transaction_id', 'return'],
  });
  expect((await server.readCall(other)).reason).toBe('Open');
});

test('an unknown call is not found, and not made', async () => {
  expectProblem(await change('missing', { reason: 'Sold' }), 404, 'call_not_found');
  expectProblem(await server.api('GET', '/calls/missing'), 404, 'call_not_found');
});

test('every digit of a JSON number counts', async () => {
  const [byHand] = await createTwins();
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const path = `/api/v1/calls/${encodeURIComponent(byHand)}`;
  const send = (body: string) => server.request(path, { method: 'PATCH', headers, body });
  expect((await send('{"revenue_paid_out":12345678.1200}')).json.revenue_paid_out).toBe('12345678.12');
  expectProblem(await send('{"revenue_paid_out":0.10000000000000001}'), 422, 'invalid_value');
});

test('a dry run tells what would change, and changes nothing', async () => {
  const [byHand] = await createTwins();
  const call = await server.readCall(byHand);
  for (const path of [
    `/calls/${encodeURIComponent(byHand)}`,
    `/calls/${encodeURIComponent(byHand)}?dry_run=true`,
    `/calls/${encodeURIComponent(byHand)}?dry_run`,
  ]) {
    const body = { reason: 'Sold', ...(!path.includes('?') && { dry_run: true }) };
    const answer = await server.api('PATCH', path, body);
    expect(answer.json).toMatchObject({ status: 'applied', dry_run: true });
    expect(answer.json.changes).toEqual({ reason: { from: 'Open', to: 'Sold' } });
  }
  expect(await server.readCall(byHand)).toEqual(call);
});

describe('a live call', () => {
  test('takes a change into the queue (202), in its order among the postbacks', async () => {
    const [byHand] = await createTwins({ state: 'live' });
    await server.post(webhook, { call_log_id: byHand, revenue_paid_out: '1', reason: 'First' });
    const answer = await change(byHand, { revenue_paid_out: '2', add: { who: 'hand' } });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ state: 'live', revenue_paid_out: null, tags: {}, queued_updates: 2 });
    await server.post(webhook, { call_log_id: byHand, reason: 'Last' });
    const { json } = await server.api('POST', `/calls/${encodeURIComponent(byHand)}/complete`);
    expect(json).toMatchObject({
      revenue_paid_out: '2.00',
      reason: 'Last',
      tags: { who: 'hand' },
      queued_updates: 0,
    });
    const { items } = (await server.api('GET', `/calls/${encodeURIComponent(byHand)}/timeline`)).json;
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'created',
      'postback',
      'changed',
      'postback',
      'completed',
    ]);
    expect(items[2]).toMatchObject({
      by: 'owner',
      status: 'applied',
      applied_at: expect.any(String),
      changes: { revenue_paid_out: { from: '1.00', to: '2.00' }, 'tags.who': { from: null, to: 'hand' } },
    });
  });

  test('rejects fields of completed calls with 409, naming them, and nothing is queued', async () => {
    const [byHand] = await createTwins({ state: 'live' });
    const update = { publisher_paid_out: '2', no_payout_reason: null, reason: 'Sold' };
    const answer = await change(byHand, update);
    expectProblem(answer, 409, 'call_not_completed');
    expect(faultsOf(answer)).toEqual([
      'publisher_paid_out: call_not_completed',
      'no_payout_reason: call_not_completed',
    ]);
    expect(await server.readCall(byHand)).toMatchObject({ reason: null, queued_updates: 0 });
  });
});

test('changes by hand are no postbacks: the log does not show them', async () => {
  const [byHand, bySender] = await createTwins();
  await change(byHand, { reason: 'Sold' });
  await server.post(webhook, { call_log_id: bySender, reason: 'Sold' });
  const log = async (id: string) =>
    (await server.api('GET', `/postbacks?call_log_id=${encodeURIComponent(id)}`)).json.items;
  expect(await log(byHand)).toEqual([]);
  expect(await log(bySender)).toHaveLength(1);
});
