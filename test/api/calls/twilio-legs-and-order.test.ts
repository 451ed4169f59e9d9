/** Twilio's callbacks of one call: in any order, of its legs, and by GET. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';
import { callEvent, type Form, firstToken, publicUrl, sendStatus, statusPath } from '../../support/twilio.ts';

const server = useServer({ publicUrl });

async function report(CallSid: string, CallStatus: string, more: Form = {}) {
  const answer = await sendStatus(server, { form: callEvent(CallSid, CallStatus, more) });
  expect(answer.status, answer.text).toBe(200);
}

const tenMinutesAgo = Math.floor(Date.now() / 1_000) * 1_000 - 600_000;
const at = (second: number) => new Date(tenMinutesAgo + second * 1_000);
const Timestamp = (second: number) => at(second).toUTCString().replace('GMT', '+0000');

function ordersOf<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

test('the events of one call in each of their 24 orders make the same call', async () => {
  const events: [string, Form][] = [
    ['initiated', { Timestamp: Timestamp(0) }],
    ['ringing', { Timestamp: Timestamp(1) }],
    ['in-progress', { Timestamp: Timestamp(5) }],
    ['completed', { Timestamp: Timestamp(47), CallDuration: '47' }],
  ];
  const orders = ordersOf(events);
  expect(orders).toHaveLength(24);
  for (const [index, order] of orders.entries()) {
    for (const [status, more] of order) await report(`CA order ${index}`, status, more);
    expect(await server.readCall(`CA order ${index}`), order.map(([status]) => status).join()).toMatchObject({
      ...{ state: 'completed', end_status: 'answered', duration_seconds: 47, connected_seconds: 42 },
      ...{
        started_at: at(0).toISOString(),
        answered_at: at(5).toISOString(),
        ended_at: at(47).toISOString(),
      },
    });
  }
});

describe('a leg', () => {
  const leg = (ParentCallSid: string, more: Form = {}): Form => ({
    ParentCallSid,
    Direction: 'outbound-dial',
    ...more,
  });

  test('that is not answered is no call and ends nothing, and its id finds the parent', async () => {
    await report('CA20', 'in-progress', { Timestamp: Timestamp(2) });
    await report('CA21', 'no-answer', leg('CA20', { Timestamp: Timestamp(20), CallDuration: '0' }));
    expect(await server.readCall('CA21')).toMatchObject({
      ...{
        call_log_id: 'CA20',
        state: 'live',
        other_ids: ['CA21'],
        connected_seconds: null,
        end_status: null,
      },
    });
    const { items } = (await server.api('GET', '/calls?q=CA2')).json;
    expect(items).toHaveLength(1);
  });

  test('that is answered gives its parent the answer and the talking time, also before its parent', async () => {
    for (const isEarly of [false, true]) {
      const [parent, own] = isEarly ? ['CA early', 'CA early leg'] : ['CA late', 'CA late leg'];
      const events = [
        () => report(parent, 'completed', { Timestamp: Timestamp(100), CallDuration: '100' }),
        () => report(own, 'in-progress', leg(parent, { Timestamp: Timestamp(10) })),
        () => report(own, 'completed', leg(parent, { Timestamp: Timestamp(100), CallDuration: '88' })),
      ];
      if (isEarly) events.reverse();
      for (const send of events) await send();
      expect(await server.readCall(own)).toMatchObject({
        ...{ call_log_id: parent, state: 'completed', connected_seconds: 88, duration_seconds: 100 },
        ...{ answered_at: at(10).toISOString(), started_at: at(0).toISOString(), other_ids: [own] },
      });
    }
  });
});

test('the duration of a dialed leg is the talking time of a live call', async () => {
  await report('CA dial', 'in-progress', { DialCallStatus: 'completed', DialCallDuration: '180' });
  expect(await server.readCall('CA dial')).toMatchObject({ state: 'live', connected_seconds: 180 });
});

test('an outbound call is one, with its recording', async () => {
  const RecordingUrl = 'https://api.twilio.com/recordings/RE1';
  await report('CA out', 'completed', { Direction: 'outbound-api', RecordingUrl });
  expect(await server.readCall('CA out')).toMatchObject({
    direction: 'outbound',
    recording_url: RecordingUrl,
  });
});

test('callbacks by GET are taken, with their signature checked', async () => {
  const query = new URLSearchParams(Object.entries(callEvent('CA get', 'completed')) as [string, string][]);
  const path = `${statusPath}?publisher=North&${query}`;
  const signature = getExpectedTwilioSignature(firstToken, `${publicUrl}${path}`, {});
  const send = (signed: string) => server.request(path, { headers: { 'x-twilio-signature': signed } });
  expectProblem(await send('bm8='), 403, 'invalid_signature');
  expect((await send(signature)).status).toBe(200);
  expect(await server.readCall('CA get')).toMatchObject({ state: 'completed', publisher: 'North' });
});
