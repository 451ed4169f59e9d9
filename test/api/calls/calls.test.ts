/** `POST /calls` and `GET /calls/{id}`. */
import { describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

const server = useServer();

/** All that a call can say of itself. */
const everyField = {
  phone_number: '+14155550100',
  direction: 'outbound',
  started_at: '2026-11-20T10:00:00.000Z',
  answered_at: '2026-11-20T10:00:05.000Z',
  ended_at: '2026-11-20T10:02:05.000Z',
  duration_seconds: 125,
  connected_seconds: 120,
  recording_url: 'https://recordings.example/CA1?x=1#t',
  end_status: 'answered',
  tracking_number: '+18005550199',
  campaign: 'Solar',
  publisher: 'North Media',
  buyer: 'Acme',
  revenue_paid_out: '42.5075',
  publisher_paid_out: '20.00',
  converted: true,
  call_converted_at: '2026-11-20T10:02:00.000Z',
  reason: 'Long call',
  no_payout_reason: 'Caps exceeded',
  tags: { deal: 'won', region: 'west' },
};

/** A body of exactly these characters. */
function postText(text: string | Uint8Array, contentType = 'application/json', path = '/calls') {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': contentType };
  return server.request(`/api/v1${path}`, { method: 'POST', headers, body: Buffer.from(text) });
}

describe('a call is made and updated by its call_log_id', () => {
  test('201 for a new call, 200 for a known one', async () => {
    const made = await server.api('POST', '/calls', { call_log_id: 'C1', campaign: 'Solar' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ call_log_id: 'C1', state: 'live', campaign: 'Solar', buyer: null });
    const updated = await server.api('POST', '/calls', { call_log_id: 'C1', buyer: 'Acme' });
    expect(updated.status).toBe(200);
    expect(updated.json).toMatchObject({ call_log_id: 'C1', campaign: 'Solar', buyer: 'Acme' });
    expect(await server.readCall('C1')).toEqual(updated.json);
  });

  test('every field is kept as sent and read back', async () => {
    for (const state of ['live', 'completed']) {
      const sent = { call_log_id: `every ${state}`, state, ...everyField };
      const made = await server.api('POST', '/calls', sent);
      expect(made.status).toBe(201);
      expect(made.json).toEqual({
        ...sent,
        caller_withheld: false,
        other_ids: [],
        payout_status: state === 'live' ? 'pending' : 'held',
        queued_updates: 0,
        created_at: expect.stringMatching(/^20.*Z$/),
        updated_at: made.json.created_at,
      });
      expect(await server.readCall(`every ${state}`)).toEqual(made.json);
    }
  });

  test('a call that is read can be sent back: nothing changes', async () => {
    await server.createCall('round trip', everyField);
    const call = await server.readCall('round trip');
    const answer = await server.api('POST', '/calls', call);
    expect(answer.json).toEqual(call);
  });

  test('a first event without times starts the call when it is received', async () => {
    const before = new Date().toISOString();
    const { json } = await server.api('POST', '/calls', { call_log_id: 'now' });
    expect(json.started_at >= before && json.started_at <= new Date().toISOString()).toBe(true);
    expect(json.started_at).toBe(json.created_at);
  });

  test('a call that is first reported at its end started its duration earlier', async () => {
    const { json } = await server.api('POST', '/calls', {
      call_log_id: 'ended',
      state: 'completed',
      ended_at: '2026-11-20T10:02:05Z',
      duration_seconds: 125,
    });
    expect(json.started_at).toBe('2026-11-20T10:00:00.000Z');
  });

  test('a call that is first reported when it is answered started no later', async () => {
    const answered_at = '2026-11-20T10:00:05.000Z';
    const { json } = await server.api('POST', '/calls', { call_log_id: 'answered', answered_at });
    expect(json.started_at).toBe(answered_at);
  });

  test('many first events at once make one call', async () => {
    const sent = Array.from({ length: 12 }, (_, at) =>
      server.api('POST', '/calls', { call_log_id: 'race', tags: { [`t${at}`]: String(at) } }),
    );
    const statuses = (await Promise.all(sent)).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(11).fill(200), 201]);
    expect(Object.keys((await server.readCall('race')).tags)).toHaveLength(12);
    const { items } = (await server.api('GET', '/calls/race/timeline')).json;
    expect(items.filter(({ kind }: { kind: string }) => kind === 'created')).toHaveLength(1);
  });
});

describe('a live call takes every field as sent', () => {
  const others: Record<string, unknown> = {
    ...everyField,
    phone_number: '+14155550111',
    started_at: '2026-11-21T10:00:00.000Z',
    answered_at: '2026-11-21T10:00:05.000Z',
    ended_at: '2026-11-21T10:02:05.000Z',
    duration_seconds: 0,
    connected_seconds: 0,
    direction: 'inbound',
    recording_url: 'http://recordings.example/2.wav',
    end_status: 'busy',
    tracking_number: 'sip:queue@example.com',
    campaign: 'Roofing',
    publisher: 'South Media',
    buyer: 'Bolt',
    revenue_paid_out: '0.00',
    publisher_paid_out: '1.10',
    call_converted_at: '2026-11-21T10:02:00.000Z',
    reason: 'Other',
    no_payout_reason: 'Condition not met',
  };

  test.each(Object.keys(everyField))('%s is overwritten, and kept when absent', async (name) => {
    const id = `live ${name}`;
    await server.createCall(id, { state: 'live', ...everyField });
    await server.api('POST', '/calls', { call_log_id: id, [name]: others[name] });
    const { json } = await server.api('POST', '/calls', { call_log_id: id });
    expect(json).toMatchObject({ ...everyField, state: 'live', [name]: others[name] });
  });

  test.each(Object.keys(everyField).filter((name) => name !== 'started_at'))(
    'null clears %s',
    async (name) => {
      const id = `clear ${name}`;
      await server.createCall(id, { state: 'live', ...everyField });
      const { status, json } = await server.api('POST', '/calls', { call_log_id: id, [name]: null });
      expect(status).toBe(200);
      const none: Record<string, unknown> = {
        converted: false,
        direction: 'inbound',
        tags: {},
      };
      expect(json[name]).toEqual(none[name] ?? null);
      expect(json.call_converted_at === null).toBe(['converted', 'call_converted_at'].includes(name));
      expect(json.payout_status).toBe(name === 'publisher_paid_out' ? 'none' : 'pending');
    },
  );

  test('every call has a start: null is rejected', async () => {
    const answer = await server.api('POST', '/calls', { call_log_id: 'no start', started_at: null });
    expectProblem(answer, 422, 'invalid_value');
    expect(faultsOf(answer)).toEqual(['started_at: invalid_value']);
  });

  test('tags are added to those that the call has', async () => {
    await server.createCall('tags', { state: 'live', tags: { a: '1', b: '2' } });
    const { json } = await server.api('POST', '/calls', { call_log_id: 'tags', tags: { b: 3, c: true } });
    expect(json.tags).toEqual({ a: '1', b: '3', c: 'true' });
  });

  test('the 201st tag is rejected and nothing of its event is taken', async () => {
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`t${at}`, 'x']));
    await server.createCall('200 tags', { state: 'live', tags });
    const event = { call_log_id: '200 tags', buyer: 'Acme', tags: { more: 'x' } };
    const answer = await server.api('POST', '/calls', event);
    expectProblem(answer, 422, 'too_many_tags');
    expect(faultsOf(answer)).toEqual(['tags: too_many_tags']);
    expect(await server.readCall('200 tags')).toMatchObject({ buyer: null, tags });
  });

  test('a conversion without a time converts when it is received', async () => {
    const before = new Date().toISOString();
    const { json } = await server.api('POST', '/calls', { call_log_id: 'converts', converted: true });
    expect(json.call_converted_at >= before).toBe(true);
  });

  test('times without an offset are read in the account’s time zone, numbers in its country', async () => {
    await server.api('PATCH', '/account', { time_zone: 'America/New_York', default_country: 'DE' });
    const event = { call_log_id: 'zone', started_at: '2026-11-20T10:00:00', phone_number: '030 901820' };
    const { json } = await server.api('POST', '/calls', event);
    await server.api('PATCH', '/account', { time_zone: 'UTC', default_country: 'US' });
    expect(json).toMatchObject({ started_at: '2026-11-20T15:00:00.000Z', phone_number: '+4930901820' });
  });
});

describe('money is exact', () => {
  test.each([
    ['0', '0.00'],
    ['0.1', '0.10'],
    ['0.3', '0.30'],
    ['12.3400', '12.34'],
    ['1234567.8901', '1234567.8901'],
    ['99999999.9999', '99999999.9999'],
    ['"00012.5"', '12.50'],
  ])('JSON %s is %s', async (written, text) => {
    const id = `money ${written}`;
    const body = `{"call_log_id":${JSON.stringify(id)},"revenue_paid_out":${written},"publisher_paid_out":${written}}`;
    expect((await postText(body)).status).toBe(201);
    expect(await server.readCall(id)).toMatchObject({ revenue_paid_out: text, publisher_paid_out: text });
    const stored = `select revenue_paid_out::text as money from call where call_log_id = $1`;
    expect(Number((await server.database.query(stored, [id]))[0]?.['money'])).toBe(Number(text));
  });

  test.each(['0.30000000000000004', '0.00001', '1e3', '100000000', '-1', '"$5"', '"1,000"', 'true', '[1]'])(
    'JSON %s is rejected',
    async (written) => {
      const answer = await postText(`{"call_log_id":"bad money","revenue_paid_out":${written}}`);
      expectProblem(answer, 422, 'invalid_value');
      expect(faultsOf(answer)).toEqual(['revenue_paid_out: invalid_value']);
    },
  );
});

describe('an id may be any text', () => {
  test.each([
    'a/b',
    '/',
    'a%2Fb',
    '100%',
    '%',
    '%zz',
    '%25',
    'two words',
    'plus+sign',
    'q?x=1#y',
    'semi;colon',
    'a:b@c&d=e',
    'ünïcödé',
    '日本語',
    '😀'.repeat(128),
    'twilio',
    '"quoted\\"',
    "'; drop table call; --",
    '...',
    '__proto__',
  ])('%s', async (id) => {
    const path = `/calls/${encodeURIComponent(id)}`;
    expect((await server.api('POST', '/calls', { call_log_id: id })).status).toBe(201);
    expect((await server.api('GET', path)).json.call_log_id).toBe(id);
    expect((await server.api('PATCH', path, { reason: 'x' })).status).toBe(202);
    expect((await server.api('GET', `${path}/timeline`)).json.items).toHaveLength(2);
    const completed = await server.api('POST', `${path}/complete`);
    expect(completed.json).toMatchObject({ call_log_id: id, state: 'completed', reason: 'x' });
  });

  test('an integer is an id with all its digits', async () => {
    expect((await postText('{"call_log_id":12345678901234567890}')).json.call_log_id).toBe(
      '12345678901234567890',
    );
    expect((await postText('{"call_log_id":7}')).json.call_log_id).toBe('7');
  });

  test.each([
    ['a control character', 'a\u0007b'],
    ['NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['129 characters', 'x'.repeat(129)],
    ['a fraction', 1.5],
    ['an object', { id: 1 }],
    ['true', true],
  ])('but not one with %s', async (_what, id) => {
    const answer = await server.api('POST', '/calls', { call_log_id: id });
    expectProblem(answer, 422, 'invalid_value');
    expect(faultsOf(answer)).toEqual(['call_log_id: invalid_value']);
  });

  test.each([{}, { call_log_id: null }, { call_log_id: '' }])('nor none: %j', async (body) => {
    const answer = await server.api('POST', '/calls', body);
    expectProblem(answer, 422, 'call_not_identified');
  });

  test.each(['%00', 'a%07b', 'x'.repeat(129), '%F0%9F%98%80'.repeat(129), 'missing'])(
    'reading %s finds no call',
    async (segment) => {
      expectProblem(await server.api('GET', `/calls/${segment}`), 404, 'call_not_found');
      expectProblem(await server.api('GET', `/calls/${segment}/timeline`), 404, 'call_not_found');
    },
  );
});

describe('an event with faults is rejected as a whole, with all of them', () => {
  test('of the id, of unknown fields and of values', async () => {
    const answer = await server.api('POST', '/calls', {
      state: 'ringing',
      started_at: 'yesterday',
      duration_seconds: -1,
      campaign: 'x'.repeat(201),
      phone_number: 'none',
      revenue_paid_out: 'ten',
      converted: 'perhaps',
      reason: 7.5e300,
      no_payout_reason: 'Because',
      revenue: 5,
      remove: ['a'],
      tags: { '': 'x', ok: null },
    });
    expectProblem(answer, 422, 'call_not_identified');
    expect(faultsOf(answer)).toEqual([
      'call_log_id: call_not_identified',
      'state: invalid_value',
      'started_at: invalid_value',
      'duration_seconds: invalid_value',
      'campaign: invalid_value',
      'phone_number: invalid_phone_number',
      'revenue_paid_out: invalid_value',
      'converted: invalid_value',
      'no_payout_reason: invalid_value',
      'revenue: unknown_field',
      'remove: unknown_field',
      'tags: invalid_value',
      'tags.ok: invalid_value',
    ]);
    expect(answer.json.errors[9].detail).toContain('revenue_paid_out');
  });

  test('of a conversion that contradicts itself', async () => {
    const call_converted_at = '2026-11-20T10:00:00Z';
    const event = { call_log_id: 'contradicts', converted: false, call_converted_at };
    expectProblem(await server.api('POST', '/calls', event), 422, 'conflicting_field');
    expectProblem(await server.api('GET', '/calls/contradicts'), 404, 'call_not_found');
  });

  test.each([
    ['[]', 'application/json', 400, 'malformed_body'],
    ['"text"', 'application/json', 400, 'malformed_body'],
    ['{"call_log_id":', 'application/json', 400, 'malformed_body'],
    ['{"call_log_id":"x"} {}', 'application/json', 400, 'malformed_body'],
    [
      `{"call_log_id":"x","tags":${'['.repeat(40)}${']'.repeat(40)}}`,
      'application/json',
      400,
      'malformed_body',
    ],
    [Buffer.from('{"call_log_id":"\xff"}', 'latin1'), 'application/json', 400, 'malformed_body'],
    ['call_log_id=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['{"call_log_id":"x"}', 'text/plain', 415, 'unsupported_media_type'],
    [`{"call_log_id":"x","reason":"${'x'.repeat(64 * 1024)}"}`, 'application/json', 413, 'body_too_large'],
  ])('of the body %#', async (body, contentType, status, code) => {
    expectProblem(await postText(body, contentType), status, code);
  });

  test('a byte order mark and a charset are accepted', async () => {
    const answer = await postText('\ufeff{"call_log_id":"bom"}', 'application/json; charset=utf-8');
    expect(answer.status).toBe(201);
  });
});

test('rejects a conversion more than 24 hours before the start in the same event, naming both times', async () => {
  const call = {
    call_log_id: 'early',
    state: 'completed',
    started_at: '2026-11-20T10:00:00Z',
    converted: true,
  };
  const send = (call_converted_at: string) => server.api('POST', '/calls', { ...call, call_converted_at });
  const rejected = await send('2026-11-19T09:59:59Z');
  expectProblem(rejected, 422, 'invalid_value');
  expect(rejected.json.detail).toMatch(/2026-11-19T09:59:59.000Z.*2026-11-20T10:00:00.000Z/);
  expect((await send('2026-11-19T10:00:00Z')).status).toBe(201);
});
