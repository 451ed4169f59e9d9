/** A call is found by any of its ids: `call_log_id`, or one of its `other_ids` (docs/senders.md#which-call). */
import { describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

async function sendEvent(callLogId: string, event: object) {
  return server.api('POST', '/calls', { call_log_id: callLogId, ...event });
}

describe('a call with other ids', () => {
  test('is found by any of them: in postbacks, by path, by hand, in events and in its completion', async () => {
    await server.createCall('A', { state: 'live', other_ids: ['A1', 'A2', 42] });
    expect(await server.readCall('A1')).toMatchObject({ call_log_id: 'A', other_ids: ['A1', 'A2', '42'] });
    const queued = await server.post(webhook, { call_log_id: 'A2', revenue_paid_out: '5' });
    expect(queued.status).toBe(202);
    expect(queued.json).toMatchObject({ call_log_id: 'A', matched_by: 'other_id', candidates: 1 });
    expect((await sendEvent('42', { buyer: 'Acme' })).json).toMatchObject({
      call_log_id: 'A',
      buyer: 'Acme',
    });
    const completed = await server.api('POST', '/calls/A1/complete', {});
    expect(completed.json).toMatchObject({ call_log_id: 'A', state: 'completed', revenue_paid_out: '5.00' });
    const applied = await server.get(webhook, [
      ['call_log_id', 'A1'],
      ['converted', 'true'],
    ]);
    expect(applied.json).toMatchObject({ status: 'applied', call_log_id: 'A', matched_by: 'other_id' });
    const byHand = await server.api('PATCH', '/calls/A2', { reason: 'Sold' });
    expect(byHand.json).toMatchObject({ call_log_id: 'A', reason: 'Sold' });
    const byId = await server.post(webhook, { call_log_id: 'A', reason: 'Sold' });
    expect(byId.json).toMatchObject({ status: 'unchanged', matched_by: 'call_log_id' });
    const { items } = (await server.api('GET', '/calls/42/timeline')).json;
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...['created', 'postback', 'changed', 'completed', 'postback', 'changed', 'postback'],
    ]);
    const logged = (await server.api('GET', '/postbacks?call_log_id=A')).json.items;
    expect(logged.map(({ matched_by }: { matched_by: string }) => matched_by)).toContain('other_id');
  });

  test('several names of one call in a batch are one call, in their order', async () => {
    await server.createCall('B', { other_ids: ['B1'] });
    const { json } = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: ['B', 'B1', 'B', 'B1', 'B2'].map((call_log_id, at) => ({ call_log_id, add: { n: String(at) } })),
    });
    expect(json.results.map(({ status }: { status: string }) => status)).toEqual([
      ...['applied', 'applied', 'applied', 'applied', 'rejected'],
    ]);
    expect((await server.readCall('B')).tags).toEqual({ n: '3' });
  });

  test('a repeat by another of its ids is the same request', async () => {
    await server.createCall('C', { other_ids: ['C1'] });
    const update = { revenue_paid_out: '7', transaction_id: 'c-1' };
    const first = await server.post(webhook, { call_log_id: 'C1', ...update });
    for (const call_log_id of ['C1', 'C']) {
      const repeat = await server.post(webhook, { call_log_id, ...update });
      expect(repeat.json).toEqual({ ...first.json, duplicate: true });
    }
  });

  test('takes others as sent while it is live; those before lead nowhere any more', async () => {
    await server.createCall('D', { state: 'live', other_ids: ['D1', 'D2'] });
    expect((await sendEvent('D', { other_ids: ['D2', 'D3'] })).json.other_ids).toEqual(['D2', 'D3']);
    expect((await server.api('GET', '/calls/D1')).status).toBe(404);
    expectProblem(await server.post(webhook, { call_log_id: 'D1', reason: 'x' }), 404, 'call_not_found');
    expect((await server.readCall('D3')).call_log_id).toBe('D');
    expect((await sendEvent('D', { other_ids: null })).json.other_ids).toEqual([]);
    expect((await server.api('GET', '/calls/D3')).status).toBe(404);
  });

  test('takes them late only where it has none', async () => {
    await server.createCall('E');
    expect((await sendEvent('E', { other_ids: ['E1'] })).json.other_ids).toEqual(['E1']);
    expect((await sendEvent('E', { other_ids: ['E2'] })).json.other_ids).toEqual(['E1']);
    expect((await server.api('GET', '/calls/E2')).status).toBe(404);
  });
});

describe('an other id', () => {
  test('belongs to one call: another one that names it is rejected, and nothing is done', async () => {
    await server.createCall('F', { other_ids: ['F1'] });
    for (const [id, otherIds] of [
      ['G', ['G1', 'F1']],
      ['G', ['F']],
    ] as const) {
      const answer = await sendEvent(id, { other_ids: otherIds });
      expectProblem(answer, 422, 'invalid_value');
      expect(faultsOf(answer)).toEqual(['other_ids: invalid_value']);
      expect(answer.json.detail).toContain('"F"');
    }
    expect((await server.api('GET', '/calls/G')).status).toBe(404);
    expect((await server.api('GET', '/calls/G1')).status).toBe(404);
  });

  test('is taken once, however many calls name it at once', async () => {
    const sent = Array.from({ length: 8 }, (_, at) =>
      sendEvent(`H${at}`, { other_ids: ['shared', `own${at}`] }),
    );
    const statuses = (await Promise.all(sent)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(7).fill(422)]);
  });

  test('is of its account alone, and goes with its call', async () => {
    const rows = await server.database.query(
      `select indexdef from pg_indexes where tablename = 'call_other_id'`,
    );
    for (const { indexdef } of rows) expect(indexdef).toContain('(account_id, ');
  });

  test.each([
    [Array.from({ length: 21 }, (_, at) => `x${at}`)],
    [['a', '']],
    [['a\n']],
    [[{}]],
    [['x'.repeat(129)]],
    [true],
  ])('%j is rejected', async (otherIds) => {
    const answer = await sendEvent('I', { other_ids: otherIds });
    expectProblem(answer, 422, 'invalid_value');
    expect(faultsOf(answer)).toEqual(['other_ids: invalid_value']);
  });

  test('the call’s own id and repeats are not listed', async () => {
    const { json } = await sendEvent('J', { other_ids: ['J', 'J1', 'J1'] });
    expect(json.other_ids).toEqual(['J1']);
    expect((await sendEvent('J', json)).json).toEqual({ ...json, updated_at: expect.anything() });
  });
});
