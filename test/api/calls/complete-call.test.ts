/** `POST /calls/{call_log_id}/complete`. */
import { expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

test('takes the fields of the event first, then the queued updates on top, and answers with the call', async () => {
  await server.createCall('complete', { state: 'live', campaign: 'Solar', revenue_paid_out: '1' });
  const update = { call_log_id: 'complete', revenue_paid_out: '7', reason: 'Sold', add: { deal: 'won' } };
  expect((await server.post(webhook, update)).status).toBe(202);
  expect(await server.readCall('complete')).toMatchObject({ revenue_paid_out: '1.00', queued_updates: 1 });
  const ending = { ended_at: '2026-11-20T10:02:05Z', duration_seconds: 125, end_status: 'answered' };
  const rest = { revenue_paid_out: '5', buyer: 'Acme', tags: { deal: 'open', line: '2' } };
  const answer = await server.api('POST', '/calls/complete/complete', { ...ending, ...rest });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    ...ending,
    ended_at: '2026-11-20T10:02:05.000Z',
    state: 'completed',
    campaign: 'Solar',
    buyer: 'Acme',
    revenue_paid_out: '7.00',
    reason: 'Sold',
    tags: { deal: 'won', line: '2' },
    queued_updates: 0,
  });
  expect(await server.readCall('complete')).toEqual(answer.json);
});

test('needs no body, and then ends the call when it is received', async () => {
  const before = new Date().toISOString();
  await server.createCall('no body', { state: 'live' });
  const { json } = await server.api('POST', '/calls/no%20body/complete');
  expect(json).toMatchObject({
    state: 'completed',
    duration_seconds: 0,
    connected_seconds: null,
    end_status: null,
  });
  expect(json.ended_at >= before).toBe(true);
  const { items } = (await server.api('GET', '/calls/no%20body/timeline')).json;
  expect(items.at(-1).changes).toEqual({
    state: { from: 'live', to: 'completed' },
    ended_at: { from: null, to: json.ended_at },
  });
});

test('is what an event with the state completed does, too', async () => {
  await server.createCall('by state', { state: 'live' });
  await server.post(webhook, { call_log_id: 'by state', reason: 'Sold' });
  const { status, json } = await server.api('POST', '/calls', {
    call_log_id: 'by state',
    state: 'completed',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ state: 'completed', reason: 'Sold', queued_updates: 0 });
});

test('is idempotent: the same answer, and nothing is applied twice', async () => {
  await server.createCall('twice', { state: 'live' });
  await server.post(webhook, { call_log_id: 'twice', converted: true });
  const ending = { ended_at: '2026-11-20T10:02:05Z', end_status: 'answered' };
  const first = await server.api('POST', '/calls/twice/complete', ending);
  const timeline = await server.api('GET', '/calls/twice/timeline');
  const second = await server.api('POST', '/calls/twice/complete', ending);
  expect(second.status).toBe(200);
  expect(second.json).toEqual(first.json);
  expect((await server.api('GET', '/calls/twice/timeline')).json).toEqual(timeline.json);
});

test('many completions at once complete once', async () => {
  await server.createCall('complete race', { state: 'live' });
  await server.post(webhook, { call_log_id: 'complete race', add: { deal: 'won' } });
  const ends = Array.from({ length: 10 }, () => server.api('POST', '/calls/complete%20race/complete'));
  const answers = await Promise.all(ends);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const { items } = (await server.api('GET', '/calls/complete%20race/timeline')).json;
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['created', 'postback', 'completed']);
});

test('an unknown call is not made', async () => {
  expectProblem(await server.api('POST', '/calls/missing/complete', {}), 404, 'call_not_found');
  expectProblem(await server.api('GET', '/calls/missing'), 404, 'call_not_found');
});

test('a body that means another call, or the opposite, is rejected', async () => {
  await server.createCall('mine', { state: 'live' });
  const body = { call_log_id: 'other', state: 'live', nope: 1 };
  const answer = await server.api('POST', '/calls/mine/complete', body);
  expectProblem(answer, 422, 'conflicting_field');
  expect(faultsOf(answer)).toEqual([
    'call_log_id: conflicting_field',
    'state: conflicting_field',
    'nope: unknown_field',
  ]);
  expect((await server.readCall('mine')).state).toBe('live');
  const same = { call_log_id: 'mine', state: 'completed' };
  expect((await server.api('POST', '/calls/mine/complete', same)).json.state).toBe('completed');
});

test('an update that no longer fits is rejected, and stops neither the completion nor its neighbours', async () => {
  const tags = Object.fromEntries(Array.from({ length: 199 }, (_, at) => [`t${at}`, 'x']));
  await server.createCall('full', { state: 'live', tags });
  for (const update of [{ add: ['a'] }, { add: ['b'], revenue_paid_out: '5' }, { reason: 'Sold' }]) {
    expect((await server.post(webhook, { call_log_id: 'full', ...update })).status).toBe(202);
  }
  const { status, json } = await server.api('POST', '/calls/full/complete');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    state: 'completed',
    reason: 'Sold',
    revenue_paid_out: null,
    queued_updates: 0,
  });
  const { items } = (await server.api('GET', '/calls/full/timeline')).json;
  const outcomes = items.map(({ status, code }: { status?: string; code?: string }) => code ?? status);
  expect(outcomes).toEqual([undefined, 'applied', 'too_many_tags', 'applied', undefined]);
});
