/** Postbacks that wait are applied by whatever brings their call (docs/senders.md#waiting-for-the-call). */
import { beforeAll, describe, expect, test } from 'vitest';
import { ndjson, sendFile, told } from '../../imports/send-file.ts';
import { startTestServerOn, type TestWebhook, useServer } from '../../support/server.ts';
import { callEvent, type Form, publicUrl, sendStatus } from '../../support/twilio.ts';

const server = useServer({ publicUrl });
let webhook: TestWebhook;

beforeAll(async () => {
  const made = await server.createWebhook('update_fields', { unmatched: 'wait' });
  // PUBLIC_URL has a path that the server behind it does not see.
  webhook = { ...made, url: `${server.url}/update-fields` };
});

/** @returns the postback's id */
async function wait(body: object): Promise<string> {
  const { status, json } = await server.post(webhook, body);
  expect({ status, is: json.status }).toEqual({ status: 202, is: 'waiting' });
  return json.postback_id;
}
const statusOf = async (id: string) => (await server.api('GET', `/postbacks/${id}`)).json.status;
const statusesOf = (ids: string[]) => Promise.all(ids.map(statusOf));

describe('the Twilio endpoint', () => {
  const report = async (CallSid: string, CallStatus: string, more: Form = {}) => {
    const answer = await sendStatus(server, { form: callEvent(CallSid, CallStatus, more) });
    expect(answer.status, answer.text).toBe(200);
  };

  test('queues what waits for the id or the number of a call that rings, and applies it when the call ends', async () => {
    const From = '+14155550301';
    const ids = [
      await wait({ call_log_id: 'CA301', publisher_paid_out: '8' }),
      await wait({ phone_number: From, revenue_paid_out: '12.5' }),
      await wait({ phone_number: From, revenue_paid_out: '13' }),
    ];
    await report('CA301', 'ringing', { From, Caller: From });
    expect(await statusesOf(ids)).toEqual(['queued', 'queued', 'queued']);
    expect(await server.readCall('CA301')).toMatchObject({ state: 'live', queued_updates: 3 });
    await report('CA301', 'completed', { From, Caller: From, CallDuration: '60' });
    expect(await statusesOf(ids)).toEqual(['applied', 'applied', 'applied']);
    expect(await server.readCall('CA301')).toMatchObject({
      ...{ state: 'completed', revenue_paid_out: '13.00', publisher_paid_out: '8.00', queued_updates: 0 },
    });
  });

  test('applies at once what waits for a call whose first callback is its end', async () => {
    const From = '+14155550302';
    const id = await wait({ phone_number: From, converted: true });
    await report('CA302', 'no-answer', { From, Caller: From });
    expect(await statusOf(id)).toBe('applied');
    expect((await server.readCall('CA302')).converted).toBe(true);
  });

  test('applies what waits for the id of a leg when the leg tells its parent', async () => {
    const From = '+14155550303';
    const id = await wait({ call_log_id: 'CA303-leg', reason: 'answered by Ann' });
    await report('CA303', 'completed', { From, Caller: From });
    expect(await statusOf(id)).toBe('waiting');
    await report('CA303-leg', 'completed', { From, Caller: From, ParentCallSid: 'CA303' });
    expect(await statusOf(id)).toBe('applied');
    expect((await server.readCall('CA303')).reason).toBe('answered by Ann');
  });
});

test('a call that is overdue as it comes queues what waits, and its completion applies it', async () => {
  const id = await wait({
    phone_number: '+14155550304',
    revenue_paid_out: '7',
    no_payout_reason: 'Caps exceeded',
  });
  const started_at = new Date(Date.now() - 25 * 3_600_000).toISOString();
  await server.createCall('overdue', { state: 'live', phone_number: '+14155550304', started_at });
  expect(await statusOf(id)).toBe('queued');
  const sweeper = await startTestServerOn(server.database, { liveCallHoursMax: 24 });
  await expect.poll(() => statusOf(id)).toBe('applied');
  await sweeper.stop();
  expect(await server.readCall('overdue')).toMatchObject({
    ...{ state: 'completed', ended_at: null, revenue_paid_out: '7.00', payout_status: 'none' },
    no_payout_reason: 'Caps exceeded',
  });
});

describe('an import', () => {
  test('of calls applies what waits for them, in order of receipt', async () => {
    const ids = [
      await wait({ call_log_id: 'IM1', revenue_paid_out: '1' }),
      await wait({ phone_number: '+14155550305', revenue_paid_out: '2', add: { deal: 'won' } }),
      await wait({ call_log_id: 'IM2', revenue_paid_out: '3' }),
    ];
    const started = new Date(Date.now() - 3_600_000).toISOString();
    const file = [
      'call_log_id,phone_number,state,started_at',
      `IM1,+14155550305,completed,${started}`,
      `IM2,+14155550306,live,${started}`,
    ].join('\n');
    const { rows } = await sendFile(server, file, { type: 'calls' });
    expect(rows.map(told)).toEqual(['created', 'created']);
    expect(await statusesOf(ids)).toEqual(['applied', 'applied', 'queued']);
    expect(await server.readCall('IM1')).toMatchObject({ revenue_paid_out: '2.00', tags: { deal: 'won' } });
    expect(await server.readCall('IM2')).toMatchObject({ revenue_paid_out: null, queued_updates: 1 });
  });

  test('of updates waits for its calls as postbacks of the webhook do', async () => {
    const file = `${JSON.stringify({ call_log_id: 'IM3', revenue_paid_out: '4' })}\n`;
    const { rows, summary } = await sendFile(server, file, { webhook_id: webhook.id }, ndjson);
    expect(rows.map(told)).toEqual(['waiting']);
    expect(summary.waiting).toBe(1);
    expect((await server.createCall('IM3')).revenue_paid_out).toBe('4.00');
  });
});
