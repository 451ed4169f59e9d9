/** Taking back what a postback did (docs/senders.md#undo). */
import { describe, expect, test } from 'vitest';
import { expectUnbrokenChains } from '../../support/call-chains.ts';
import { callMaker } from '../../support/calls.ts';
import { useServer, useServerBeside, useWebhook } from '../../support/server.ts';

const server = useServer();
const other = useServerBeside(server);
const webhook = useWebhook(server);

const newCall = callMaker(server, 'undo');
async function send(call_log_id: string, body: object, from = webhook): Promise<string> {
  const { json } = await server.post(from, { call_log_id, ...body });
  return json.postback_id;
}
const undo = (id: string, query = '') => server.api('POST', `/postbacks/${id}/undo${query}`);
const logged = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json;

test('every field returns to what it was', async () => {
  const id = await newCall({ reason: 'before', tags: { deal: 'open', old: '1' } });
  const before = await server.readCall(id);
  const body = { converted: true, revenue_paid_out: '5', publisher_paid_out: '2', reason: 'sold' };
  const postback = await send(id, {
    ...body,
    no_payout_reason: 'Caps exceeded',
    add: { deal: 'won', x: '1' },
    remove: ['old'],
  });
  const { status, json } = await undo(postback);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    ...{ status: 'applied', duplicate: false, undo_of: postback, call_log_id: id, changed_since: [] },
    changes: {
      revenue_paid_out: { from: '5.00', to: null },
      reason: { from: 'sold', to: 'before' },
      'tags.old': { from: null, to: '1' },
    },
  });
  expect(await server.readCall(id)).toEqual({ ...before, updated_at: expect.any(String) });
});

test('the undo and what it undid name each other in the log, and the timeline says who did it', async () => {
  const id = await newCall();
  const postback = await send(id, { revenue_paid_out: '5', transaction_id: 'named' });
  const { json } = await undo(postback);
  expect(await logged(postback)).toMatchObject({
    status: 'applied',
    undo_of: null,
    undone_by: json.postback_id,
  });
  const entry = await logged(json.postback_id);
  expect(entry).toMatchObject({
    webhook_id: webhook.id,
    status: 'applied',
    undo_of: postback,
    undone_by: null,
  });
  expect(entry.answer.body).toEqual(json);
  const { items } = (await server.api('GET', `/calls/${id}/timeline`)).json;
  expect(items.at(-1)).toMatchObject({
    ...{ kind: 'postback', by: 'owner', postback_id: json.postback_id, undo_of: postback, status: 'applied' },
    changes: { revenue_paid_out: { from: '5.00', to: null } },
  });
  const retry = await server.post(webhook, {
    call_log_id: id,
    revenue_paid_out: '5',
    transaction_id: 'named',
  });
  expect(retry.json).toMatchObject({ duplicate: true, postback_id: postback });
  expect((await server.readCall(id)).revenue_paid_out).toBe(null);
});

describe('a field that was changed since', () => {
  test('is left unchanged, and listed with who changed it', async () => {
    const buyer = await server.createWebhook('update_revenue');
    const id = await newCall();
    const first = await send(id, { revenue_paid_out: '5', reason: 'a', publisher_paid_out: '1' });
    const second = await send(id, { revenue: '6' }, buyer);
    await server.api('PATCH', `/calls/${id}`, { reason: 'by hand' });
    const { json } = await undo(first);
    expect(json.changes).toEqual({ publisher_paid_out: { from: '1.00', to: null } });
    expect(json.changed_since).toEqual([
      { field: 'revenue_paid_out', by: 'Test update_revenue', at: expect.any(String), postback_id: second },
      { field: 'reason', by: 'owner', at: expect.any(String) },
    ]);
    expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '6.00', reason: 'by hand' });
    expect((await logged(json.postback_id)).changed_since).toEqual(json.changed_since);
  });

  test('is left unchanged even if it was set to the same value again', async () => {
    const id = await newCall();
    const first = await send(id, { revenue_paid_out: '5' });
    await send(id, { revenue_paid_out: '6' });
    await send(id, { revenue_paid_out: '5' });
    expect((await undo(first)).json).toMatchObject({ status: 'unchanged', changes: {} });
    expect((await server.readCall(id)).revenue_paid_out).toBe('5.00');
  });

  test('returns past what was undone before', async () => {
    const id = await newCall();
    const first = await send(id, { revenue_paid_out: '5' });
    const second = await send(id, { revenue_paid_out: '6' });
    expect((await undo(first)).json.changed_since).toMatchObject([{ postback_id: second }]);
    expect((await undo(second)).json.changes).toEqual({ revenue_paid_out: { from: '6.00', to: null } });
  });
});

test('sums are subtracted, in any order', async () => {
  const adding = await server.createWebhook('update_fields', { repeats: { '*': 'add' } });
  const id = await newCall({ revenue_paid_out: '100' });
  const add = (revenue_paid_out: string) =>
    send(id, { revenue_paid_out, transaction_id: revenue_paid_out }, adding);
  const [one, two, three] = [await add('0.1'), await add('0.02'), await add('0.003')];
  expect((await undo(two)).json.changes.revenue_paid_out).toEqual({ from: '100.123', to: '100.103' });
  expect((await undo(one)).json.changes.revenue_paid_out).toEqual({ from: '100.103', to: '100.003' });
  const set = await send(id, { revenue_paid_out: '7' });
  expect((await undo(three)).json.changed_since).toMatchObject([
    { field: 'revenue_paid_out', postback_id: set },
  ]);
  expect((await undo(set)).json.changes.revenue_paid_out).toEqual({ from: '7.00', to: '100.00' });
});

test('a postback is undone once, however often and at once it is asked for, on two servers', async () => {
  const adding = await server.createWebhook('update_fields', { repeats: { '*': 'add' } });
  const id = await newCall({ revenue_paid_out: '100' });
  const postback = await send(id, { revenue_paid_out: '5', transaction_id: '1' }, adding);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      (at % 2 === 0 ? server : other).api('POST', `/postbacks/${postback}/undo`),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ json }) => json.postback_id)).size).toBe(1);
  expect(answers.filter(({ json }) => !json.duplicate)).toHaveLength(1);
  expect((await server.readCall(id)).revenue_paid_out).toBe('100.00');
});

describe('a queued postback', () => {
  test('is canceled: its call completes without it', async () => {
    const id = await newCall({ state: 'live' });
    const canceled = await send(id, { revenue_paid_out: '5', reason: 'x' });
    await send(id, { revenue_paid_out: '6' });
    for (const query of ['?dry_run=true', '?dry_run', '?dry_run='])
      expect((await undo(canceled, query)).json).toMatchObject({ canceled: true, dry_run: true });
    expect((await server.readCall(id)).queued_updates).toBe(2);
    const { json } = await undo(canceled);
    expect(json).toMatchObject({ status: 'applied', canceled: true, changes: {}, undo_of: canceled });
    expect((await undo(canceled)).json).toEqual({ ...json, duplicate: true });
    expect((await server.readCall(id)).queued_updates).toBe(1);
    await server.api('POST', `/calls/${id}/complete`);
    expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: '6.00', reason: null });
    expect(await logged(canceled)).toMatchObject({ status: 'rejected', code: 'canceled' });
  });

  test('that was applied in the meantime is undone', async () => {
    const id = await newCall({ state: 'live' });
    const postback = await send(id, { revenue_paid_out: '5' });
    await server.api('POST', `/calls/${id}/complete`);
    expect((await undo(postback)).json.changes).toEqual({ revenue_paid_out: { from: '5.00', to: null } });
  });

  test('is either canceled or undone while its call completes', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => newCall({ state: 'live' })));
    await Promise.all(
      ids.map(async (id) => {
        const postback = await send(id, { revenue_paid_out: '5' });
        await Promise.all([
          server.api('POST', `/calls/${id}/complete`),
          other.api('POST', `/postbacks/${postback}/undo`),
        ]);
      }),
    );
    for (const id of ids) {
      expect(await server.readCall(id)).toMatchObject({
        state: 'completed',
        revenue_paid_out: null,
        queued_updates: 0,
      });
    }
  });
});

describe('a postback that waits for its call', () => {
  test('is canceled: its call comes without it', async () => {
    const waiting = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const [byId, byNumber] = ['undo-later', '+12125550188'];
    const first = await send(byId, { revenue_paid_out: '5' }, waiting);
    const second = (await server.post(waiting, { phone_number: byNumber, revenue_paid_out: '6' })).json
      .postback_id;
    for (const postback of [first, second]) {
      expect((await undo(postback)).json).toMatchObject({
        status: 'applied',
        canceled: true,
        undo_of: postback,
      });
      expect(await logged(postback)).toMatchObject({ status: 'rejected', code: 'canceled' });
    }
    await server.createCall(byId, { phone_number: byNumber });
    expect((await server.readCall(byId)).revenue_paid_out).toBe(null);
  });

  test('and was applied when its call came is undone', async () => {
    const waiting = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const postback = await send('undo-came', { revenue_paid_out: '5' }, waiting);
    await server.createCall('undo-came');
    expect((await undo(postback)).json.changes).toEqual({ revenue_paid_out: { from: '5.00', to: null } });
  });

  test('is either canceled or undone while its call comes', async () => {
    const waiting = await server.createWebhook('update_fields', { unmatched: 'wait' });
    const ids = Array.from({ length: 12 }, (_, at) => `undo-comes-${at}`);
    await Promise.all(
      ids.map(async (id) => {
        const postback = await send(id, { revenue_paid_out: '5' }, waiting);
        const [, { status }] = await Promise.all([
          server.createCall(id),
          other.api('POST', `/postbacks/${postback}/undo`),
        ]);
        expect(status).toBe(200);
      }),
    );
    for (const id of ids) expect((await server.readCall(id)).revenue_paid_out).toBe(null);
  });
});

test('a dry run tells what it would do, and does nothing', async () => {
  const id = await newCall();
  const postback = await send(id, { revenue_paid_out: '5' });
  const { json } = await server.api('POST', `/postbacks/${postback}/undo`, { dry_run: true });
  expect(json).toMatchObject({ dry_run: true, changes: { revenue_paid_out: { from: '5.00', to: null } } });
  expect((await server.readCall(id)).revenue_paid_out).toBe('5.00');
  expect((await undo(postback)).json).toMatchObject({ duplicate: false, status: 'applied' });
});

test('what an undone postback had set may be filled by a late event again', async () => {
  const id = await newCall();
  await undo(await send(id, { reason: 'by mistake' }));
  await server.createCall(id, { reason: 'from the platform' });
  expect((await server.readCall(id)).reason).toBe('from the platform');
});

test('works after the webhook was deleted', async () => {
  const gone = await server.createWebhook();
  const id = await newCall();
  const postback = await send(id, { reason: 'x' }, gone);
  await server.api('DELETE', `/webhooks/incoming/${gone.id}`);
  expect((await undo(postback)).json).toMatchObject({ status: 'applied' });
});

describe('there is nothing to undo', () => {
  test.each<[string, () => Promise<string>, number, string]>([
    ['of a rejected postback', () => send('missing', { reason: 'x' }), 409, 'not_undoable'],
    ['of a dry run', async () => send(await newCall(), { reason: 'x', dry_run: true }), 409, 'not_undoable'],
    [
      'of an undo',
      async () => (await undo(await send(await newCall(), { reason: 'x' }))).json.postback_id,
      409,
      'not_undoable',
    ],
    [
      'of an event of a call',
      async () => {
        const platform = await server.createWebhook('calls');
        return (await server.post(platform, { call_log_id: 'undo-event', state: 'completed' })).json
          .postback_id;
      },
      409,
      'not_undoable',
    ],
    ['of an unknown id', async () => '0199aaaa-0000-7000-8000-000000000001', 404, 'not_found'],
    ['of no id', async () => 'x', 404, 'not_found'],
  ])('%s', async (_name, make, status, code) => {
    const answer = await undo(await make());
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  test('of a postback that changed nothing', async () => {
    const id = await newCall({ reason: 'x' });
    expect((await undo(await send(id, { reason: 'x' }))).json).toMatchObject({
      status: 'unchanged',
      changes: {},
    });
    expect((await server.readCall(id)).reason).toBe('x');
  });
});

test('every change above begins where another one ended, up to what the calls have now', async () => {
  expect(await expectUnbrokenChains(server.database.query)).toBeGreaterThan(0);
});
