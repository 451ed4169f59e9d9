/** `POST /calls/twilio/status`: status callbacks as Twilio sends and signs them (contract 3). */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAccount, type TestAccount } from '../support/accounts.ts';
import { expectProblem, faultsOf } from '../support/problem.ts';
import { type Answer, startTestServer, type TestServer, type TestWebhook } from '../support/server.ts';

const publicUrl = 'https://hooks.example.com/ringback';
const path = '/api/v1/calls/twilio/status';
const firstToken = 'test-twilio-token';

let server: TestServer;
let webhook: TestWebhook;
let other: TestAccount;

beforeAll(async () => {
  server = await startTestServer({ publicUrl });
  // PUBLIC_URL has a path that the server behind it does not see.
  webhook = { ...(await server.createWebhook()), url: `${server.url}/update-fields` };
  other = await addAccount(server, 'Other');
});

afterAll(() => server.stop());

type Form = Record<string, string | string[]>;
type Callback = {
  form: Form;
  /** as it stands in the callback URL, with its question mark */
  query?: string;
  token?: string;
  /** null: unsigned */
  signature?: string | null;
  signedUrl?: string;
};

function encode(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

function call({ form, query = '', token = firstToken, signature, signedUrl }: Callback): Promise<Answer> {
  const signed = getExpectedTwilioSignature(token, signedUrl ?? `${publicUrl}${path}${query}`, form);
  return server.request(`${path}${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...(signature !== null && { 'x-twilio-signature': signature ?? signed }),
    },
    body: encode(form),
  });
}

/** What Twilio sends of a call. */
function event(CallSid: string, CallStatus: string, more: Form = {}): Form {
  return {
    AccountSid: 'AC00000000000000000000000000000001',
    ApiVersion: '2010-04-01',
    CallSid,
    CallStatus,
    Called: '+18005550199',
    Caller: '+14155550142',
    Direction: 'inbound',
    From: '+14155550142',
    To: '+18005550199',
    CallbackSource: 'call-progress-events',
    ...more,
  };
}

async function report(CallSid: string, CallStatus: string, more: Form = {}, query = '') {
  const answer = await call({ form: event(CallSid, CallStatus, more), query });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/xml/);
  expect(answer.text).toMatch(/<Response\s*\/>/);
  return server.readCall(CallSid);
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, second));
/** RFC 2822, as Twilio writes it */
const timestamp = (second: number) => at(second).toUTCString().replace('GMT', '+0000');

describe('the states of a call', () => {
  test.each(['queued', 'initiated', 'ringing', 'in-progress'])('%s makes it live', async (status) => {
    expect(await report(`CA live ${status}`, status)).toMatchObject({
      state: 'live',
      phone_number: '+14155550142',
      tracking_number: '+18005550199',
      end_status: null,
    });
  });

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
    for (const Timestamp of ['', 'yesterday', 'Mon, 01 Jan 99999 00:00:00 +0000']) {
      const CallSid = `CA untimed ${Timestamp}`;
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

  test('what a postback or a person set stands', async () => {
    await report('CA set', 'completed', {}, '?campaign=Solar');
    await server.post(webhook, { call_log_id: 'CA set', converted: true, revenue_paid_out: '5' });
    await server.api('PATCH', '/calls/CA%20set', { no_payout_reason: 'Caps exceeded' });
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
    const answers = await Promise.all(statuses.map((status) => call({ form: event('CA at once', status) })));
    expect(answers.map(({ status }) => status)).toEqual(statuses.map(() => 200));
    expect(await server.readCall('CA at once')).toMatchObject({ state: 'completed', end_status: 'answered' });
  });
});

describe('parameters', () => {
  test('campaign, publisher and buyer stand in the URL', async () => {
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
    ['anonymous', 'anonymous'],
    ['Anonymous', 'Anonymous'],
    ['Restricted', 'Restricted'],
    ['+266696687', '+266696687'],
    ['sip:alice@example.com', 'sip:alice@example.com'],
    ['client:alice', 'client:alice'],
    ['', null],
    ['x'.repeat(201), null],
    ['a\0b', null],
  ])('the caller %j does not keep the call out', async (From, phone_number) => {
    expect(
      await report(`CA from ${From.slice(0, 30).replace('\0', ' ')}`, 'completed', { From }),
    ).toMatchObject({ phone_number });
  });

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

describe('the signature', () => {
  const form = event('CA signed', 'ringing');
  const refuse = async (callback: Callback) => {
    expectProblem(await call(callback), 403, 'invalid_signature');
    expectProblem(
      await server.api('GET', `/calls/${encodeURIComponent(String(callback.form['CallSid']))}`),
      404,
      'call_not_found',
    );
  };

  test('must be there and be right', async () => {
    await refuse({ form, signature: null });
    await refuse({ form, signature: '' });
    await refuse({ form, signature: 'x' });
    await refuse({ form, signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' });
    await refuse({ form, token: 'another-token' });
    await refuse({ form, token: '' });
  });

  test('covers every parameter, the path, the query and PUBLIC_URL', async () => {
    const signature = getExpectedTwilioSignature(firstToken, `${publicUrl}${path}`, form);
    await refuse({ form: { ...form, CallStatus: 'completed' }, signature });
    await refuse({ form: { ...form, More: '1' }, signature });
    await refuse({ form, query: '?campaign=Solar', signature });
    await refuse({ form, signedUrl: `http://hooks.example.com/ringback${path}` });
    await refuse({ form, signedUrl: `https://hooks.example.com${path}` });
    await refuse({ form, signedUrl: `${server.url}${path}` });
    await refuse({ form, signedUrl: `${publicUrl}${path}/` });
  });

  test('may be over the URL with its standard port', async () => {
    const signedUrl = `https://hooks.example.com:443/ringback${path}`;
    expect((await call({ form: event('CA port', 'ringing'), signedUrl })).status).toBe(200);
    await refuse({ form, signedUrl: `https://hooks.example.com:8443/ringback${path}` });
  });

  test('is no way in for a bearer token', async () => {
    const answer = await server.request(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: encode(form),
    });
    expectProblem(answer, 403, 'invalid_signature');
  });

  test('over a PUBLIC_URL with a port may leave the port out', async () => {
    const ported = await startTestServer({ publicUrl: 'http://203.0.113.7:8080' });
    for (const [host, status] of [
      ['203.0.113.7:8080', 200],
      ['203.0.113.7', 200],
      ['203.0.113.7:80', 403],
    ]) {
      const answer = await ported.request(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': getExpectedTwilioSignature(firstToken, `http://${host}${path}`, form),
        },
        body: encode(form),
      });
      expect(answer.status).toBe(status);
    }
    await ported.stop();
  });

  test('without any token of Twilio’s the door is shut', async () => {
    const tokenless = await startTestServer({ publicUrl, twilioAuthToken: null });
    for (const token of ['', 'null', firstToken]) {
      const answer = await tokenless.request(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': getExpectedTwilioSignature(token, publicUrl + path, form),
        },
        body: encode(form),
      });
      expectProblem(answer, 403, 'invalid_signature');
    }
    await tokenless.stop();
  });
});

describe('the account', () => {
  test('is the one that the URL names, with its own token, and the first one by default', async () => {
    const query = `?account=${other.accountId}&campaign=Solar`;
    const form = event('CA of other', 'ringing');
    expectProblem(await call({ form, query }), 403, 'invalid_signature');
    await other.server.api('PATCH', '/account', { twilio_auth_token: 'the-others-token' });
    expectProblem(await call({ form, query }), 403, 'invalid_signature');
    expect((await call({ form, query, token: 'the-others-token' })).status).toBe(200);
    expect((await other.server.readCall('CA of other')).campaign).toBe('Solar');
    expectProblem(await server.api('GET', '/calls/CA%20of%20other'), 404, 'call_not_found');
    expectProblem(await call({ form, token: 'the-others-token' }), 403, 'invalid_signature');
    const { accountId } = other;
    expect(
      (await call({ form, query: `?account=${accountId.toUpperCase()}`, token: 'the-others-token' })).status,
    ).toBe(200);
  });

  test('is none that there is not', async () => {
    for (const account of ['0199aaaa-0000-7000-8000-000000000001', 'x', '', '%00', "'"]) {
      const form = event('CA of nobody', 'ringing');
      expectProblem(await call({ form, query: `?account=${account}` }), 403, 'invalid_signature');
    }
  });

  test('changes its token from the very next callback on, and null brings back the one of the settings', async () => {
    const form = event('CA changes', 'ringing');
    await server.api('PATCH', '/account', { twilio_auth_token: ' the-new-token ' });
    expectProblem(await call({ form }), 403, 'invalid_signature');
    expect((await call({ form, token: 'the-new-token' })).status).toBe(200);
    await server.api('PATCH', '/account', { twilio_auth_token: null });
    expect((await call({ form })).status).toBe(200);
  });
});

describe('what is signed but wrong is refused, every fault told', () => {
  test.each<[string, Form, string, string[]]>([
    ['no CallSid', { CallStatus: 'ringing' }, '', ['CallSid: call_not_identified']],
    ['nothing at all', {}, '', ['CallSid: call_not_identified', 'CallStatus: invalid_value']],
    [
      'a long CallSid',
      { CallSid: 'x'.repeat(129), CallStatus: 'ringing' },
      '',
      ['CallSid: call_not_identified'],
    ],
    ['NUL in the CallSid', { CallSid: 'a\0b', CallStatus: 'ringing' }, '', ['CallSid: call_not_identified']],
    ['another status', { CallSid: 'CA bad', CallStatus: 'Ringing' }, '', ['CallStatus: invalid_value']],
    [
      'values that cannot be kept',
      { CallSid: 'CA bad', CallStatus: 'completed', CallDuration: '1:05', To: 'x'.repeat(201) },
      `?campaign=${'x'.repeat(201)}&buyer=%00`,
      ['CallDuration: invalid_value', 'To: invalid_value', 'buyer: invalid_value', 'campaign: invalid_value'],
    ],
  ])('%s', async (_what, form, query, faults) => {
    const answer = await call({ form, query });
    expect(answer.status).toBe(422);
    expect(faultsOf(answer).sort()).toEqual(faults);
    expectProblem(await server.api('GET', '/calls/CA%20bad'), 404, 'call_not_found');
  });

  test.each([
    ['application/json', '{"CallSid":"CA1"}', 415, 'unsupported_media_type'],
    ['text/plain', 'CallSid=CA1', 415, 'unsupported_media_type'],
    ['multipart/form-data; boundary=x', '--x--', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', `CallSid=${'x'.repeat(64 * 1024)}`, 413, 'body_too_large'],
    ['application/x-www-form-urlencoded', Buffer.from('CallSid=\xff', 'latin1'), 400, 'malformed_body'],
  ])('a body of the type %s', async (contentType, body, status, code) => {
    const signature = getExpectedTwilioSignature(firstToken, publicUrl + path, {});
    const headers = { 'content-type': contentType, 'x-twilio-signature': signature };
    expectProblem(await server.request(path, { method: 'POST', headers, body }), status, code);
  });

  test('any method but POST', async () => {
    const answer = await server.request(path, { headers: { authorization: `Bearer ${server.token}` } });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('POST');
  });
});
