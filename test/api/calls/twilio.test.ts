/** `POST /calls/twilio/status`: status callbacks as Twilio sends and signs them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';
import { callEvent, type Form, publicUrl, sendStatus } from '../../support/twilio.ts';

const server = useServer({ publicUrl });
let webhook: TestWebhook;

beforeAll(async () => {
  // PUBLIC_URL has a path that the server behind it does not see.
  webhook = { ...(await server.createWebhook()), url: `${server.url}/update-fields` };
});

async function report(CallSid: string, CallStatus: string, more: Form = {}, query = '') {
  const answer = await sendStatus(server, { form: callEvent(CallSid, CallStatus, more), query });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
  expect(answer.text).toMatch(/<Response\s*\/>/);
  return server.readCall(CallSid);
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second));
/** RFC 2822, as Twilio writes it */
const timestamp = (second: number) => at(second).toUTCString().replace('GMT', '+0000');

describe('the states of a call', () => {
  test.each(['queued', 'initiated', 'ringing', 'in-progress', 'answered'])(
    '%s makes it live',
    async (status) => {
      expect(await report(`CA live ${status}`, status)).toMatchObject({
        state: 'live',
        phone_number: '+14155550142',
        tracking_number: '+18005550199',
        end_status: null,
      });
    },
  );

  test.each([
    ['completed', 'answered'],
    ['busy', 'busy'],
    ['failed', 'failed'],
    ['no-answer', 'no-answer'],
    ['canceled', 'canceled'],
  ])('%s completes it, live or never heard of', async (status, end_status) => {
    const ended = { state: 'completed', end_status, duration_seconds: 0 };
    expect(await report(`CA new ${status}`, status, { CallDuration: '0' })).toMatchObject(ended);
    await report(`CA known ${status}`, 'ringing');
    expect(await report(`CA known ${status}`, status, { CallDuration: '0' })).toMatchObject(ended);
  });

  test('a whole call, with its times', async () => {
    const CallSid = 'CA whole';
    await report(CallSid, 'initiated', { Timestamp: timestamp(0), SequenceNumber: '0' });
    await report(CallSid, 'ringing', { Timestamp: timestamp(1), SequenceNumber: '1' });
    await report(CallSid, 'in-progress', { Timestamp: timestamp(5), SequenceNumber: '2' });
    const more = { Timestamp: timestamp(47), SequenceNumber: '3', CallDuration: '42', Duration: '1' };
    expect(await report(CallSid, 'completed', more)).toMatchObject({
      state: 'completed',
      started_at: at(0).toISOString(),
      answered_at: at(5).toISOString(),
      ended_at: at(47).toISOString(),
      duration_seconds: 42,
      end_status: 'answered',
    });
    const { items } = (await server.api('GET', `/calls/${encodeURIComponent(CallSid)}/timeline`)).json;
    expect(items.map(({ kind, by }: { kind: string; by: string }) => `${kind} by ${by}`)).toEqual([
      'created by Twilio',
      'changed by Twilio',
      'completed by Twilio',
    ]);
  });

  test('a call that is first heard of when it is answered did not start after that', async () => {
    const { started_at, answered_at } = await report('CA inbound', 'in-progress', {
      Timestamp: timestamp(5),
    });
    expect([started_at, answered_at]).toEqual([at(5).toISOString(), at(5).toISOString()]);
  });

  test('a call without times is timed by its receipt', async () => {
    const before = new Date().toISOString();
    for (const Timestamp of ['', ' ']) {
      const CallSid = `CA untimed ${Timestamp.length}`;
      const { started_at, ended_at } = await report(CallSid, 'completed', { Timestamp });
      expect(started_at >= before && ended_at >= before).toBe(true);
    }
  });

  test('updates wait for the completion', async () => {
    await report('CA waits', 'in-progress');
    expect((await server.post(webhook, { call_log_id: 'CA waits', revenue_paid_out: '9' })).status).toBe(202);
    expect(await report('CA waits', 'completed')).toMatchObject({
      revenue_paid_out: '9.00',
      queued_updates: 0,
    });
  });
});

describe('events that come twice, late or in any order', () => {
  test('every event twice: the call is as if each came once', async () => {
    for (const status of ['initiated', 'initiated', 'in-progress', 'in-progress', 'completed']) {
      await report('CA twice', status, { Timestamp: timestamp(status.length) });
    }
    const call = await server.readCall('CA twice');
    const again = await report('CA twice', 'completed', {
      Timestamp: timestamp(59),
      CallStatusReason: 'retry',
    });
    expect(again).toEqual(call);
  });

  test('completed before ringing: it stays completed, and late events only fill in', async () => {
    await report('CA late', 'completed', { Timestamp: timestamp(47), CallDuration: '42', From: '' });
    await report('CA late', 'in-progress', { Timestamp: timestamp(5) });
    const call = await report('CA late', 'ringing', { To: '+18005550111' }, '?buyer=Acme');
    expect(call).toMatchObject({
      state: 'completed',
      end_status: 'answered',
      phone_number: '+14155550142',
      tracking_number: '+18005550199',
      started_at: at(5).toISOString(),
      answered_at: at(5).toISOString(),
      ended_at: at(47).toISOString(),
      buyer: 'Acme',
    });
  });

  test('two ends: the first one counts', async () => {
    await report('CA ends', 'no-answer', { Timestamp: timestamp(20) });
    const call = await report('CA ends', 'completed', { Timestamp: timestamp(47), CallDuration: '42' });
    expect(call).toMatchObject({
      end_status: 'no-answer',
      ended_at: at(20).toISOString(),
      duration_seconds: 42,
    });
  });

  test('what a postback or a person set is kept', async () => {
    await report('CA set', 'completed', {}, '?campaign=Solar');
    await server.post(webhook, { call_log_id: 'CA set', converted: true, revenue_paid_out: '5' });
    await server.api('PATCH', '/calls/CA%20set', {
      publisher_paid_out: '2',
      no_payout_reason: 'Caps exceeded',
    });
    const before = await server.readCall('CA set');
    expect(before).toMatchObject({ converted: true, revenue_paid_out: '5.00', payout_status: 'held' });
    expect(await report('CA set', 'ringing', {}, '?campaign=Roofing')).toEqual(before);
  });

  test('all at once: one call, completed', async () => {
    const statuses = [
      'initiated',
      'ringing',
      'in-progress',
      'completed',
      'initiated',
      'completed',
      'ringing',
    ];
    const answers = await Promise.all(
      statuses.map((status) => sendStatus(server, { form: callEvent('CA at once', status) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(statuses.map(() => 200));
    expect(await server.readCall('CA at once')).toMatchObject({ state: 'completed', end_status: 'answered' });
  });
});

describe('parameters', () => {
  test('campaign, publisher and buyer are in the URL', async () => {
    const query = '?campaign=Solar%20%26%20More&publisher=S%C3%BCd+Media&buyer=Acme%27s';
    expect(await report('CA query', 'ringing', {}, query)).toMatchObject({
      campaign: 'Solar & More',
      publisher: 'Süd Media',
      buyer: "Acme's",
    });
  });

  test('campaign in the form is Twilio’s, not ours', async () => {
    expect(await report('CA form', 'ringing', { campaign: 'x', publisher: 'y' })).toMatchObject({
      campaign: null,
    });
  });

  test.each([
    ['sip:alice@example.com', null],
    ['sip:+14155550142@example.com', '+14155550142'],
    ['client:alice', null],
    ['', null],
    ['x'.repeat(201), null],
    ['a\0b', null],
  ])('the caller %j does not keep the call out', async (From, phone_number) => {
    expect(
      await report(`CA from ${From.slice(0, 30).replace('\0', ' ')}`, 'completed', { From }),
    ).toMatchObject({ phone_number });
  });

  test.each(['anonymous', 'Restricted', '+266696687', '+17378742833', '+86282452253', '0000000000'])(
    'the caller %j withholds the number, and no postback by number finds the call',
    async (From) => {
      const call = await report(`CA withheld ${From}`, 'completed', { From });
      expect(call).toMatchObject({ phone_number: null, caller_withheld: true });
      const answer = await server.post(webhook, { phone_number: From, revenue_paid_out: '9' });
      expectProblem(answer, 422, 'caller_withheld');
    },
  );

  test('repeated and unusual parameters are signed and read', async () => {
    const more = {
      Repeated: ['b', 'a', 'b'],
      'Stir[Verstat]': 'TN-Validation-Passed-A',
      CallerName: 'Ünï 😀',
      Empty: '',
    };
    expect((await report('CA odd', 'ringing', more)).state).toBe('live');
  });
});
