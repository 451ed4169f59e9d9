/**
 * A completed call never goes back to live, and later events only fill what is still null or a tag it lacks:
 * what a postback or a person set or cleared is an override that no late event undoes.
 */
import { describe, expect, test } from 'vitest';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const fields = {
  phone_number: '+14155550100',
  answered_at: '2026-11-20T10:00:05.000Z',
  ended_at: '2026-11-20T10:02:05.000Z',
  duration_seconds: 125,
  end_status: 'answered',
  tracking_number: '+18005550199',
  campaign: 'Solar',
  publisher: 'North Media',
  buyer: 'Acme',
  revenue_paid_out: '42.50',
  publisher_paid_out: '20.00',
  converted: true,
  call_converted_at: '2026-11-20T10:02:00.000Z',
  reason: 'Long call',
  no_payout_reason: 'Caps exceeded',
};
const laterFields = {
  phone_number: '+14155550111',
  answered_at: '2026-11-21T10:00:05.000Z',
  ended_at: '2026-11-21T10:02:05.000Z',
  duration_seconds: 7,
  end_status: 'busy',
  tracking_number: '+18005550100',
  campaign: 'Roofing',
  publisher: 'South Media',
  buyer: 'Bolt',
  revenue_paid_out: '1.00',
  publisher_paid_out: '2.00',
  call_converted_at: '2026-11-21T10:02:00.000Z',
  reason: 'Other',
  no_payout_reason: 'Condition not met',
};

async function sendEvent(callLogId: string, event: object) {
  const answer = await server.api('POST', '/calls', { call_log_id: callLogId, ...event });
  expect(answer.status).toBe(200);
  return answer.json;
}

/** Unlike `toMatchObject`: a tag too many is a failure. */
function expectFields(call: Record<string, unknown>, expected: object): void {
  const names = Object.keys(expected);
  expect(Object.fromEntries(names.map((name) => [name, call[name]]))).toEqual(expected);
}

async function countTimeline(callLogId: string): Promise<number> {
  const { json } = await server.api('GET', `/calls/${encodeURIComponent(callLogId)}/timeline`);
  return json.items.length;
}

describe('a completed call', () => {
  test('never goes back to live', async () => {
    await server.createCall('done');
    expect(await sendEvent('done', { state: 'live' })).toMatchObject({ state: 'completed' });
    const answer = await server.post(webhook, { call_log_id: 'done', reason: 'Sold' });
    expect(answer.json.status).toBe('applied');
  });

  test.each(Object.entries(fields))('takes %s from a late event while it has none', async (name, value) => {
    const id = `fill ${name}`;
    await server.createCall(id);
    if (name === 'ended_at')
      await server.database.query(`update call set ended_at = null where call_log_id = $1`, [id]);
    expect(await sendEvent(id, { state: 'live', [name]: value })).toMatchObject({ [name]: value });
    const { items } = (await server.api('GET', `/calls/${encodeURIComponent(id)}/timeline`)).json;
    expect(items.at(-1)).toMatchObject({ kind: 'changed', changes: { [name]: { to: value } } });
  });

  test('keeps every value that it has, and is not even touched', async () => {
    const call = await server.createCall('keep', { ...fields, tags: { deal: 'won' } });
    const late = { ...laterFields, started_at: '2020-01-01T00:00:00Z', tags: { deal: 'lost' } };
    expect(await sendEvent('keep', { state: 'completed', ...late })).toEqual(call);
    expect(await server.api('POST', '/calls/keep/complete', late)).toMatchObject({ status: 200, json: call });
    expect(await countTimeline('keep')).toBe(2);
  });

  test('keeps every value when a late event says null or that it did not convert', async () => {
    const call = await server.createCall('nulls', { ...fields, tags: { deal: 'won' } });
    const nulls = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
    expect(await sendEvent('nulls', { ...nulls, tags: null })).toEqual(call);
    expect(await sendEvent('nulls', { converted: false })).toEqual(call);
  });

  test('keeps its conversion time when a late event says that it did not convert', async () => {
    const call_converted_at = '2026-11-20T10:02:00.000Z';
    const call = await server.createCall('time alone', { call_converted_at });
    expect(call).toMatchObject({ converted: false, call_converted_at });
    expect(await sendEvent('time alone', { converted: false })).toEqual(call);
  });

  test('takes the tags that it lacks, and leaves those that it has', async () => {
    await server.createCall('lacks', { tags: { deal: 'won' } });
    const { tags } = await sendEvent('lacks', { tags: { deal: 'lost', region: 'west' } });
    expect(tags).toEqual({ deal: 'won', region: 'west' });
  });

  test('is filled once: what a first late event filled, a second does not change', async () => {
    await server.createCall('once');
    await sendEvent('once', { buyer: 'Acme', tags: { a: '1' } });
    expect(await sendEvent('once', { buyer: 'Bolt', tags: { a: '2' } })).toMatchObject({
      buyer: 'Acme',
      tags: { a: '1' },
    });
  });
});

/** An update, the late event that says otherwise, and what must stand after both. */
const overrides: [string, object, object, object, object][] = [
  ['a revenue', {}, { revenue_paid_out: '5' }, laterFields, { revenue_paid_out: '5.00' }],
  ['a payout', {}, { publisher_paid_out: '0' }, laterFields, { publisher_paid_out: '0.00' }],
  ['a reason', {}, { reason: 'Sold' }, laterFields, { reason: 'Sold' }],
  ['a cleared reason', { reason: 'Open' }, { reason: null }, laterFields, { reason: null }],
  ['a reason that was null and cleared', {}, { reason: null }, laterFields, { reason: null }],
  [
    'a hold',
    {},
    { no_payout_reason: 'caps_exceeded' },
    laterFields,
    { no_payout_reason: 'Caps exceeded', payout_status: 'held' },
  ],
  [
    'a released hold',
    { no_payout_reason: 'Condition not met' },
    { no_payout_reason: null },
    laterFields,
    { no_payout_reason: null, payout_status: 'owed' },
  ],
  [
    'a conversion taken back',
    { converted: true },
    { converted: false },
    { converted: true, call_converted_at: '2026-11-21T10:02:00Z' },
    { converted: false, call_converted_at: null },
  ],
  [
    'a call that was said not to convert before',
    {},
    { converted: false },
    { converted: true },
    { converted: false, call_converted_at: null },
  ],
  [
    'a conversion time',
    {},
    { call_converted_at: '2026-11-20T10:00:00Z' },
    { converted: true, call_converted_at: '2026-11-21T10:02:00Z' },
    { converted: true, call_converted_at: '2026-11-20T10:00:00.000Z' },
  ],
  [
    'a cleared conversion time',
    { call_converted_at: '2026-11-20T10:00:00Z' },
    { call_converted_at: null },
    { converted: true, call_converted_at: '2026-11-21T10:02:00Z' },
    { converted: true, call_converted_at: null },
  ],
  ['a tag', {}, { add: { deal: 'won' } }, { tags: { deal: 'lost' } }, { tags: { deal: 'won' } }],
  [
    'a removed tag',
    { tags: { deal: 'won' } },
    { remove: ['deal'] },
    { tags: { deal: 'won', region: 'west' } },
    { tags: { region: 'west' } },
  ],
  ['a tag removed before it came', {}, { remove: 'deal' }, { tags: { deal: 'won' } }, { tags: {} }],
  ['a tag with an odd key', {}, { remove: ['__proto__'] }, { tags: { ['__proto__']: 'x' } }, { tags: {} }],
];

describe.each(overrides)('no late event undoes %s', (what, call, update, event, expected) => {
  test('that a postback set or cleared', async () => {
    const id = `postback ${what}`;
    await server.createCall(id, call);
    expect((await server.post(webhook, { call_log_id: id, ...update })).status).toBe(200);
    expectFields(await sendEvent(id, event), expected);
    expectFields(await sendEvent(id, { state: 'completed', ...event }), expected);
  });

  test('that a person set or cleared', async () => {
    const id = `hand ${what}`;
    await server.createCall(id, call);
    expect((await server.api('PATCH', `/calls/${encodeURIComponent(id)}`, update)).status).toBe(200);
    expectFields(await sendEvent(id, event), expected);
  });
});

test('no late event undoes an update that waited for the completion', async () => {
  await server.createCall('waited', { state: 'live', reason: 'Open', tags: { deal: 'open' } });
  await server.post(webhook, { call_log_id: 'waited', reason: null, remove: 'deal' });
  await server.api('POST', '/calls/waited/complete');
  const call = await sendEvent('waited', { reason: 'Late', tags: { deal: 'late' } });
  expectFields(call, { reason: null, tags: {} });
});

test('a dry run, a rejected postback and one for another call override nothing', async () => {
  await server.createCall('free');
  await server.createCall('other');
  const update = { revenue_paid_out: '5', reason: null, add: { deal: 'won' } };
  await server.post(webhook, { call_log_id: 'free', ...update, dry_run: true });
  await server.post(webhook, { call_log_id: 'free', ...update, converted: 'perhaps' });
  await server.post(webhook, { call_log_id: 'other', ...update });
  const event = { revenue_paid_out: '1.00', reason: 'Late', tags: { deal: 'late' } };
  expect(await sendEvent('free', event)).toMatchObject(event);
});

test('events of a call may come in any order: the fields of the end are kept', async () => {
  const id = 'any order';
  await server.createCall(id, {
    ended_at: '2026-11-20T10:02:05Z',
    duration_seconds: 125,
    end_status: 'busy',
  });
  await sendEvent(id, { state: 'live', answered_at: '2026-11-20T10:00:05Z', buyer: 'Acme' });
  const call = await sendEvent(id, { state: 'live', phone_number: '+14155550100', end_status: 'ringing' });
  expect(call).toMatchObject({
    state: 'completed',
    phone_number: '+14155550100',
    started_at: '2026-11-20T10:00:00.000Z',
    answered_at: '2026-11-20T10:00:05.000Z',
    ended_at: '2026-11-20T10:02:05.000Z',
    end_status: 'busy',
    buyer: 'Acme',
  });
});

test('postbacks, completion and late events at once lose nothing', async () => {
  const id = 'all at once';
  await server.createCall(id, { state: 'live' });
  const postbacks = Array.from({ length: 20 }, (_, at) =>
    server.post(webhook, { call_log_id: id, add: { [`postback${at}`]: 'set', [`both${at}`]: 'set' } }),
  );
  const events = Array.from({ length: 10 }, (_, at) =>
    sendEvent(id, {
      state: at % 2 === 0 ? 'live' : 'completed',
      tags: { [`event${at}`]: 'said', [`both${at}`]: 'said' },
    }),
  );
  const answers = await Promise.all(postbacks);
  await Promise.all(events);
  expect(answers.every(({ status }) => status === 200 || status === 202)).toBe(true);
  const call = await server.readCall(id);
  expect(call).toMatchObject({ state: 'completed', queued_updates: 0 });
  for (let at = 0; at < 20; at += 1) {
    expect(call.tags).toMatchObject({ [`postback${at}`]: 'set', [`both${at}`]: 'set' });
  }
  for (let at = 0; at < 10; at += 1) expect(call.tags[`event${at}`]).toBe('said');
});
