/** The three types are one pipeline. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodings, type Payload, pathOf, sendAs } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();

const types: { type: string; payload: Payload; result: object }[] = [
  { type: 'update_fields', payload: { reason: 'r' }, result: { reason: 'r' } },
  { type: 'update_revenue', payload: { amount: '3' }, result: { revenue_paid_out: '3.00' } },
  { type: 'update_tags', payload: { add: { k: 'v' } }, result: { tags: { k: 'v' } } },
];

describe.each(types)('$type', ({ type, payload, result }) => {
  let webhook: TestWebhook;
  beforeAll(async () => {
    webhook = await server.createWebhook(type);
  });

  test.each(encodings)('queues on a live call, by %s, once for each transaction id', async (encoding) => {
    const callLogId = `${type} ${encoding}`;
    await server.createCall(callLogId, { state: 'live' });
    const sent = { ...payload, call_log_id: callLogId, transaction_id: callLogId };
    const first = await sendAs(server, webhook, encoding, sent);
    expect(first).toMatchObject({ status: 202, json: { status: 'queued', duplicate: false } });
    expect((await sendAs(server, webhook, encoding, sent)).json).toEqual({ ...first.json, duplicate: true });
    expect(await server.readCall(callLogId)).toMatchObject({ queued_updates: 1 });
    const completed = await server.api('POST', `/calls/${encodeURIComponent(callLogId)}/complete`);
    expect(completed.json).toMatchObject({ ...result, queued_updates: 0 });
    expect((await sendAs(server, webhook, encoding, sent)).json).toEqual({ ...first.json, duplicate: true });
  });

  test('matches by number, runs dry, answers with a pixel and is in the log', async () => {
    const phone_number = `+1212555${1000 + types.findIndex((one) => one.type === type)}`;
    const callLogId = `${type} by number`;
    await server.createCall(callLogId, { phone_number });
    const dry = await server.post(webhook, { ...payload, phone_number, dry_run: true });
    expect(dry.json).toMatchObject({ call_log_id: callLogId, status: 'applied', dry_run: true });
    const pixel = await server.request(`${pathOf(webhook)}.gif`, {
      method: 'POST',
      headers: { 'x-auth-key': webhook.auth_key },
      body: { ...payload, phone_number },
    });
    expect(pixel.status).toBe(200);
    expect(pixel.headers.get('content-type')).toBe('image/gif');
    expect(await server.readCall(callLogId)).toMatchObject(result);
    const { items } = (await server.api('GET', `/postbacks?webhook_id=${webhook.id}&status=applied`)).json;
    expect(items.slice(0, 2)).toMatchObject([
      { id: pixel.headers.get('x-postback-id'), dry_run: false, matched_by: 'phone_number' },
      { id: dry.json.postback_id, dry_run: true },
    ]);
  });

  test('rejects another update with the same transaction id', async () => {
    const callLogId = `${type} reused`;
    await server.createCall(callLogId);
    const sent = { call_log_id: callLogId, transaction_id: callLogId };
    await server.post(webhook, { ...sent, ...payload });
    const other = { reason: 'other', revenue: '4', remove: ['k'] };
    const answer = await server.post(webhook, { ...sent, ...other });
    expect(answer.json).toMatchObject({ status: 409, code: 'transaction_id_reused' });
  });
});
