/** `POST /calls/twilio/status`: who may report a call, and what is rejected. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { addAccount, type TestAccount } from '../../support/accounts.ts';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { startTestServer, useServer } from '../../support/server.ts';
import {
  type Callback,
  callEvent,
  type Form,
  firstToken,
  statusPath as path,
  publicUrl,
  sendStatus,
} from '../../support/twilio.ts';

const server = useServer({ publicUrl });
let other: TestAccount;

beforeAll(async () => {
  other = await addAccount(server, 'Other');
});

describe('the signature', () => {
  const form = callEvent('CA signed', 'ringing');
  const reject = async (callback: Callback) => {
    expectProblem(await sendStatus(server, callback), 403, 'invalid_signature');
    expectProblem(
      await server.api('GET', `/calls/${encodeURIComponent(String(callback.form['CallSid']))}`),
      404,
      'call_not_found',
    );
  };

  test('must be there and be right', async () => {
    await reject({ form, signature: null });
    await reject({ form, signature: '' });
    await reject({ form, signature: 'x' });
    await reject({ form, signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' });
    await reject({ form, token: 'another-token' });
    await reject({ form, token: '' });
  });

  test('may be over the query in another order, as Twilio sends it sorted', async () => {
    const query = '?campaign=Solar&buyer=B&publisher=P';
    const sorted = '?buyer=B&campaign=Solar&publisher=P';
    const signedUrl = `${publicUrl}${path}${query}`;
    const ordered = callEvent('CA ordered', 'ringing');
    expect((await sendStatus(server, { form: ordered, query: sorted, signedUrl })).status).toBe(200);
    await reject({ form, query: sorted.replace('Solar', 'Roofing'), signedUrl });
  });

  test('covers every parameter, the path, the query and PUBLIC_URL', async () => {
    const signature = getExpectedTwilioSignature(firstToken, `${publicUrl}${path}`, form);
    await reject({ form: { ...form, CallStatus: 'completed' }, signature });
    await reject({ form: { ...form, More: '1' }, signature });
    await reject({ form, query: '?campaign=Solar', signature });
    await reject({ form, signedUrl: `http://hooks.example.com/ringback${path}` });
    await reject({ form, signedUrl: `https://hooks.example.com${path}` });
    await reject({ form, signedUrl: `${server.url}${path}` });
    await reject({ form, signedUrl: `${publicUrl}${path}/` });
  });

  test('may be over the URL with its standard port', async () => {
    const signedUrl = `https://hooks.example.com:443/ringback${path}`;
    expect((await sendStatus(server, { form: callEvent('CA port', 'ringing'), signedUrl })).status).toBe(200);
    await reject({ form, signedUrl: `https://hooks.example.com:8443/ringback${path}` });
  });

  test('is no way in for a bearer token', async () => {
    const answer = await server.request(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(
        Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
      ),
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
      const answer = await sendStatus(ported, { form, signedUrl: `http://${host}${path}` });
      expect(answer.status).toBe(status);
    }
    await ported.stop();
  });

  test('that is wrong too often from one address is slowed, and a valid one is not', async () => {
    const attacked = await startTestServer({ publicUrl });
    const send = async (token: string) => (await sendStatus(attacked, { form, token })).status;
    let status = await send('wrong');
    let failures = 0;
    for (; status === 403 && failures < 300; failures += 1) status = await send('wrong');
    expect(status).toBe(429);
    expect(failures).toBeGreaterThanOrEqual(100);
    expect(await send('test-twilio-token')).toBe(200);
    await attacked.stop();
  });

  test('without any token of Twilio’s the endpoint is shut', async () => {
    const tokenless = await startTestServer({ publicUrl, twilioAuthToken: null });
    for (const token of ['', 'null', firstToken]) {
      expectProblem(await sendStatus(tokenless, { form, token }), 403, 'invalid_signature');
    }
    await tokenless.stop();
  });
});

describe('the account', () => {
  test('is the one that the URL names, with its own token, and the first one by default', async () => {
    const query = `?account=${other.accountId}&campaign=Solar`;
    const form = callEvent('CA of other', 'ringing');
    expectProblem(await sendStatus(server, { form, query }), 403, 'invalid_signature');
    await other.server.api('PATCH', '/account', { twilio_auth_token: 'the-others-token' });
    expectProblem(await sendStatus(server, { form, query }), 403, 'invalid_signature');
    expect((await sendStatus(server, { form, query, token: 'the-others-token' })).status).toBe(200);
    expect((await other.server.readCall('CA of other')).campaign).toBe('Solar');
    expectProblem(await server.api('GET', '/calls/CA%20of%20other'), 404, 'call_not_found');
    expectProblem(await sendStatus(server, { form, token: 'the-others-token' }), 403, 'invalid_signature');
    const { accountId } = other;
    expect(
      (
        await sendStatus(server, {
          form,
          query: `?account=${accountId.toUpperCase()}`,
          token: 'the-others-token',
        })
      ).status,
    ).toBe(200);
  });

  test('is none that there is not', async () => {
    for (const account of ['0199aaaa-0000-7000-8000-000000000001', 'x', '', '%00', "'"]) {
      const form = callEvent('CA of another', 'ringing');
      expectProblem(
        await sendStatus(server, { form, query: `?account=${account}` }),
        403,
        'invalid_signature',
      );
    }
  });

  test('changes its token from the very next callback on, and null brings back the one of the settings', async () => {
    const form = callEvent('CA changes', 'ringing');
    await server.api('PATCH', '/account', { twilio_auth_token: 'the-new-token' });
    expectProblem(await sendStatus(server, { form }), 403, 'invalid_signature');
    expect((await sendStatus(server, { form, token: 'the-new-token' })).status).toBe(200);
    await server.api('PATCH', '/account', { twilio_auth_token: null });
    expect((await sendStatus(server, { form })).status).toBe(200);
  });
});

describe('a signed callback with faults is rejected with all of them', () => {
  test.each<[string, Form, string, string[]]>([
    ['no CallSid', { CallStatus: 'ringing' }, '', ['call_log_id: call_not_identified']],
    ['nothing at all', {}, '', ['call_log_id: call_not_identified']],
    [
      'a long CallSid',
      { CallSid: 'x'.repeat(129), CallStatus: 'ringing' },
      '',
      ['call_log_id: invalid_value'],
    ],
    ['NUL in the CallSid', { CallSid: 'a\0b', CallStatus: 'ringing' }, '', ['call_log_id: invalid_value']],
    ['another status', { CallSid: 'CA bad', CallStatus: 'parked' }, '', ['state: unknown_word']],
    [
      'values that cannot be kept',
      { CallSid: 'CA bad', CallStatus: 'completed', CallDuration: 'long', To: 'x'.repeat(201) },
      `?campaign=${'x'.repeat(201)}&buyer=%00`,
      [
        'buyer: invalid_value',
        'campaign: invalid_value',
        'duration_seconds: invalid_value',
        'tracking_number: invalid_value',
      ],
    ],
  ])('%s', async (_what, form, query, faults) => {
    const answer = await sendStatus(server, { form, query });
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

  test('any method but GET and POST', async () => {
    const headers = { authorization: `Bearer ${server.token}` };
    const answer = await server.request(path, { method: 'PUT', headers });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});
