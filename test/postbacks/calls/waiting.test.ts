/** Postbacks that come before their call (docs/senders.md#waiting-for-the-call). */
import { beforeAll, describe, expect, test } from 'vitest';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('update_fields', { unmatched: 'wait', wait_hours: 48 });
});
let count = 0;
/** A number that no other test calls. */
function newNumber(): string {
  count += 1;
  return `+1415555${String(count).padStart(4, '0')}`;
}

async function logged(id: string) {
  return (await server.api('GET', `/postbacks/${id}`)).json;
}

describe('a postback that finds no call', () => {
  test('is rejected where its webhook does not say that it waits', async () => {
    const rejecting = await server.createWebhook();
    const { json } = await server.api('GET', `/webhooks/incoming/${rejecting.id}`);
    expect(json).toMatchObject({ unmatched: 'refuse', wait_hours: 72 });
    expect((await server.post(rejecting, { call_log_id: 'none', converted: true })).status).toBe(404);
  });

  test('waits as long as its webhook says, and is in the log', async () => {
    const before = Date.now();
    const answer = await server.post(webhook, { call_log_id: 'W-waits', converted: true });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      status: 'waiting',
      duplicate: false,
      call_log_id: 'W-waits',
      changes: {},
    });
    expect(answer.headers.get('x-postback-status')).toBe('waiting');
    const waitMs = Date.parse(answer.json.expires_at) - before;
    expect(waitMs).toBeGreaterThan(48 * 3_600_000 - 10_000);
    expect(waitMs).toBeLessThan(48 * 3_600_000 + 60_000);
    const row = await logged(answer.json.postback_id);
    expect(row).toMatchObject({ status: 'waiting', code: null, expires_at: answer.json.expires_at });
    expect(row.answer).toMatchObject({ status: 202, body: answer.json });
    const { json } = await server.api('GET', '/postbacks?status=waiting');
    expect(json.items.map(({ id }: { id: string }) => id)).toContain(answer.json.postback_id);
  });

  test('does not wait in a dry run', async () => {
    const answer = await server.post(webhook, { call_log_id: 'W-dry', converted: true, dry_run: true });
    expect(answer.json).toMatchObject({ status: 'waiting', dry_run: true });
    expect((await server.createCall('W-dry')).converted).toBe(false);
  });
});

describe('the transaction that brings the call', () => {
  test('applies what waits for its id', async () => {
    const { json } = await server.post(webhook, {
      call_log_id: 'W1',
      revenue_paid_out: '12.5',
      converted: true,
    });
    const call = await server.createCall('W1');
    expect(call).toMatchObject({ revenue_paid_out: '12.50', converted: true });
    expect(await logged(json.postback_id)).toMatchObject({
      status: 'applied',
      call_log_id: 'W1',
      changes: { revenue_paid_out: { from: null, to: '12.50' } },
    });
    const { json: timeline } = await server.api('GET', '/calls/W1/timeline');
    expect(timeline.items).toContainEqual(
      expect.objectContaining({ postback_id: json.postback_id, status: 'applied' }),
    );
  });

  test('applies what waits for its number, in order of receipt', async () => {
    const phone_number = newNumber();
    await server.post(webhook, { phone_number, revenue_paid_out: 1, add: { a: '1' } });
    await server.post(webhook, { call_log_id: 'W2', revenue_paid_out: 2 });
    const last = await server.post(webhook, { phone_number, revenue_paid_out: 3, add: { b: '1' } });
    expect(last.json).toMatchObject({ call_log_id: null, matched_by: 'phone_number', candidates: 0 });
    const call = await server.createCall('W2', { phone_number });
    expect(call).toMatchObject({ revenue_paid_out: '3.00', tags: { a: '1', b: '1' } });
    expect(await logged(last.json.postback_id)).toMatchObject({
      call_log_id: 'W2',
      candidates: 1,
      changes: { revenue_paid_out: { from: '2.00', to: '3.00' } },
    });
  });

  test('queues it while the call is live, also what only a completed call takes', async () => {
    const { json } = await server.post(webhook, { call_log_id: 'W3', publisher_paid_out: 4 });
    const call = await server.createCall('W3', { state: 'live' });
    expect(call).toMatchObject({ queued_updates: 1, publisher_paid_out: null });
    expect(await logged(json.postback_id)).toMatchObject({ status: 'queued', applied_at: null });
    const { json: completed } = await server.api('POST', '/calls/W3/complete');
    expect(completed.publisher_paid_out).toBe('4.00');
    expect(await logged(json.postback_id)).toMatchObject({ status: 'applied' });
  });

  test('may be the one that gives a known call its number', async () => {
    const phone_number = newNumber();
    await server.createCall('W4', { state: 'live' });
    const { json } = await server.post(webhook, { phone_number, revenue_paid_out: 5 });
    await server.post(webhook, { call_log_id: 'W4', revenue_paid_out: 6, add: { x: 'y' } });
    await server.api('POST', '/calls/W4/complete');
    const call = await server.createCall('W4', { phone_number });
    // It was received before the other one, so the other one's value stays.
    expect(call).toMatchObject({ revenue_paid_out: '6.00', tags: { x: 'y' } });
    expect(await logged(json.postback_id)).toMatchObject({ status: 'unchanged', call_log_id: 'W4' });
  });

  test('keeps the time of the first conversion, in whatever order they are applied', async () => {
    const phone_number = newNumber();
    await server.createCall('W5');
    const { json } = await server.post(webhook, { phone_number, converted: true });
    await server.post(webhook, { call_log_id: 'W5', converted: true });
    const call = await server.createCall('W5', { phone_number });
    expect(call.call_converted_at).toBe((await logged(json.postback_id)).received_at);
  });

  test('counts the window from the receipt', async () => {
    const phone_number = newNumber();
    const narrow = await server.createWebhook('update_fields', { unmatched: 'wait', match_window_hours: 1 });
    const { json } = await server.post(narrow, { phone_number, converted: true });
    await server.api('PATCH', `/webhooks/incoming/${narrow.id}`, { match_window_hours: 2000 });
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    await server.createCall('W6-old', { phone_number, started_at: hoursAgo(2) });
    expect(await logged(json.postback_id)).toMatchObject({ status: 'waiting' });
    await server.createCall('W6', { phone_number, started_at: hoursAgo(0.5) });
    expect(await logged(json.postback_id)).toMatchObject({ status: 'applied', call_log_id: 'W6' });
  });

  test('rejects what the call cannot take, and harms nothing else', async () => {
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`t${at}`, 'x']));
    const { json: tooMany } = await server.post(webhook, { call_log_id: 'W7', add: { more: '1' } });
    const { json: other } = await server.post(webhook, { call_log_id: 'W7', reason: 'fits' });
    const call = await server.createCall('W7', { tags });
    expect(call.reason).toBe('fits');
    expect(await logged(tooMany.postback_id)).toMatchObject({ status: 'rejected', code: 'too_many_tags' });
    expect(await logged(other.postback_id)).toMatchObject({ status: 'applied' });
  });
});

describe('an other id', () => {
  test('of a new call ends the wait for it, and a repeat still gets the first response', async () => {
    const body = { call_log_id: 'W8-leg', revenue_paid_out: 8, transaction_id: 'leg-1' };
    const first = await server.post(webhook, body);
    const call = await server.createCall('W8', { other_ids: ['W8-leg'] });
    expect(call.revenue_paid_out).toBe('8.00');
    expect(await logged(first.json.postback_id)).toMatchObject({ call_log_id: 'W8', matched_by: 'other_id' });
    const repeat = await server.post(webhook, body);
    expect(repeat.status).toBe(202);
    expect(repeat.json).toMatchObject({ status: 'waiting', duplicate: true });
  });

  test('of a known call, too', async () => {
    await server.createCall('W9');
    const { json } = await server.post(webhook, { call_log_id: 'W9-leg', revenue_paid_out: 9 });
    expect((await server.createCall('W9', { other_ids: ['W9-leg'] })).revenue_paid_out).toBe('9.00');
    expect(await logged(json.postback_id)).toMatchObject({ status: 'applied', call_log_id: 'W9' });
  });
});

describe('the rule only', () => {
  test('goes on waiting while several calls match, with their ids', async () => {
    const phone_number = newNumber();
    const only = await server.createWebhook('update_fields', { unmatched: 'wait', match_rule: 'only' });
    await server.createCall('O1', { phone_number });
    await server.createCall('O2', { phone_number });
    const answer = await server.post(only, { phone_number, converted: true });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ status: 'waiting', code: 'ambiguous_call', candidates: 2 });
    expect(answer.json.call_log_ids.sort()).toEqual(['O1', 'O2']);
    await server.createCall('O3', { phone_number });
    expect(await logged(answer.json.postback_id)).toMatchObject({
      status: 'waiting',
      code: 'ambiguous_call',
      candidates: 3,
    });
  });
});

describe('a transaction id', () => {
  test('is in effect while its postback waits and afterwards: a repeat gets the first response', async () => {
    const body = { call_log_id: 'T1', revenue_paid_out: 7, transaction_id: 'tx-1' };
    const first = await server.post(webhook, body);
    const repeat = await server.post(webhook, body);
    expect(repeat.status).toBe(202);
    expect(repeat.json).toEqual({ ...first.json, duplicate: true });
    const other = await server.post(webhook, { ...body, revenue_paid_out: 8 });
    expect(other.json).toMatchObject({ status: 409, code: 'transaction_id_reused' });
    expect((await server.createCall('T1')).revenue_paid_out).toBe('7.00');
    const late = await server.post(webhook, body);
    expect(late.status).toBe(202);
    expect(late.json).toEqual({ ...first.json, duplicate: true });
  });

  test('of a number, too', async () => {
    const body = { phone_number: newNumber(), revenue_paid_out: 7, transaction_id: 'tx-2' };
    const first = await server.post(webhook, body);
    expect((await server.createCall('T2', { phone_number: body.phone_number })).revenue_paid_out).toBe(
      '7.00',
    );
    expect((await server.post(webhook, body)).json).toEqual({ ...first.json, duplicate: true });
  });
});

test('items of a batch wait too, and are counted', async () => {
  const items = [
    { call_log_id: 'B1', revenue_paid_out: 1 },
    { call_log_id: 'B1', revenue_paid_out: 2 },
  ];
  for (const atomic of [false, true]) {
    const { json } = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: { updates: items, atomic },
    });
    expect(json.summary).toMatchObject({ waiting: 2, rejected: 0 });
    expect(json.results[1]).toMatchObject({ status: 'waiting', expires_at: expect.any(String) });
  }
  expect((await server.createCall('B1')).revenue_paid_out).toBe('2.00');
});

test.each(['live', 'completed'])(
  'items of a batch are applied in their order to a call that comes %s, whichever of its ids they have',
  async (state) => {
    const ids = Array.from({ length: 8 }, (_, at) => `B-${state}-${at}`);
    const items = [1, 2, 3, 4].flatMap((revenue_paid_out) =>
      ids.map((id) => ({ call_log_id: revenue_paid_out % 2 === 0 ? id : `${id}-leg`, revenue_paid_out })),
    );
    const { json } = await server.request('/update-fields/batch', {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: items,
    });
    expect(json.summary.waiting).toBe(items.length);
    for (const id of ids) {
      await server.createCall(id, { state, other_ids: [`${id}-leg`] });
      if (state === 'live') await server.api('POST', `/calls/${id}/complete`);
      expect(await server.readCall(id)).toMatchObject({ state: 'completed', revenue_paid_out: '4.00' });
    }
  },
);
