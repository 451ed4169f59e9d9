import { RestClient } from '@signalwire/compatibility-api';
import {
  getExpectedBodyHash,
  getExpectedTwilioSignature,
  validateRequest,
} from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '../signed-request.ts';
import { rejectUnverified } from '../verify.ts';

const token = 'a-token-of-twilio';
const base = 'https://hooks.example.com/ringback/calls';
const wrongSignature = `${'A'.repeat(27)}=`;
const fields = { CallSid: 'CA1', From: '+12135550142', CallStatus: 'completed', Note: 'Joe’s & co' };

function post(url: string, signature: string, form: Record<string, string> = fields): SignedRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form).toString(),
  };
}

const isSigned = (request: SignedRequest, secrets = [token]) =>
  rejectUnverified({ scheme: 'twilio' }, secrets, request, 0) === null;

/** The request arrives with its query sorted. */
function sortQuery(url: string): string {
  const [path, query] = url.split('?');
  return query === undefined ? url : `${path}?${query.split('&').sort().join('&')}`;
}

describe('a form that Twilio’s package signed', () => {
  test.each([
    base,
    `${base}?auth_key=K`,
    `${base}?auth_key=K&publisher=P&buyer=B`,
    `${base}?publisher=P&auth_key=K&campaign=C&buyer=B`,
    `${base}?auth_key=K&z=1&y=2&x=3&w=4&v=5&u=6`,
    `${base}?auth_key=K&campaign=Joe's%20Roofing&buyer=B`,
    `${base}?auth_key=K&campaign=Joe%27s+Roofing&buyer=B`,
  ])('as %s is accepted, with the query in any order and spelling', (url) => {
    const signature = getExpectedTwilioSignature(token, url, fields);
    for (const received of new Set([url, sortQuery(url)])) {
      for (const spelled of [
        received,
        received.replaceAll("'", '%27'),
        received.replaceAll('%27', "'"),
        received.replaceAll('+', '%20'),
      ]) {
        expect(isSigned(post(spelled, signature))).toBe(true);
      }
    }
  });

  test.each([
    ['https://h.example/calls', 'https://h.example:443/calls'],
    ['http://203.0.113.7:8080/calls', 'http://203.0.113.7/calls'],
    ['http://203.0.113.7:8080/calls', 'http://203.0.113.7:8080/calls'],
  ])('at %s may be signed as %s', (url, signed) => {
    expect(isSigned(post(url, getExpectedTwilioSignature(token, signed, fields)))).toBe(true);
  });

  test('is rejected if anything of it changed', () => {
    const url = `${base}?auth_key=K&campaign=Solar&buyer=B`;
    const signature = getExpectedTwilioSignature(token, url, fields);
    expect(isSigned(post(url, signature, { ...fields, CallStatus: 'busy' }))).toBe(false);
    expect(isSigned(post(url, signature, { ...fields, More: '1' }))).toBe(false);
    expect(isSigned(post(url.replace('Solar', 'Roofing'), signature))).toBe(false);
    expect(isSigned(post(`${url}&publisher=P`, signature))).toBe(false);
    expect(isSigned(post(url.replace('https', 'http'), signature))).toBe(false);
    expect(
      isSigned({
        ...post(url, signature),
        body: '{"CallSid":"CA1"}',
        headers: { 'x-twilio-signature': signature },
      }),
    ).toBe(false);
    for (const wrong of ['', 'x', signature.slice(1), 'A'.repeat(27), wrongSignature]) {
      expect(isSigned(post(url, wrong))).toBe(false);
    }
  });

  test('is accepted during a rotation, whichever of the two tokens signed it', () => {
    const request = post(base, getExpectedTwilioSignature(token, base, fields));
    expect(isSigned(request, ['a-newer-token', token])).toBe(true);
    expect(isSigned(request, [token, 'a-newer-token'])).toBe(true);
    expect(isSigned(request, ['a-newer-token'])).toBe(false);
    expect(isSigned(request, [])).toBe(false);
  });

  test('by GET has its fields in the URL, after those of the configured URL', () => {
    const configured = `${base}?auth_key=K&publisher=P&buyer=B`;
    const url = `${configured}&${new URLSearchParams(fields)}`;
    const signature = getExpectedTwilioSignature(token, url, {});
    expect(validateRequest(token, signature, url, {})).toBe(true);
    for (const received of [url, sortQuery(url)]) {
      const request = {
        method: 'GET',
        url: received,
        headers: { 'x-twilio-signature': signature },
        body: '',
      };
      const hasOrderOfFields = received === url;
      expect(isSigned(request)).toBe(hasOrderOfFields);
    }
  });
});

describe('a JSON body', () => {
  const body = '{"CallSid":"CA1"}';
  const url = `${base}?auth_key=K&bodySHA256=${getExpectedBodyHash(body)}`;
  const json = (signed: string, text: string | Uint8Array = body): SignedRequest => ({
    method: 'POST',
    url: signed,
    headers: {
      'content-type': 'application/json',
      'x-twilio-signature': getExpectedTwilioSignature(token, signed, {}),
    },
    body: text,
  });

  test('is accepted with its hash in the signed URL', () => {
    expect(isSigned(json(url))).toBe(true);
    expect(isSigned(json(url, Buffer.from(body)))).toBe(true);
  });

  test('is rejected with another hash, and without one', () => {
    expect(isSigned(json(url, '{"CallSid":"CA2"}'))).toBe(false);
    expect(isSigned(json(`${base}?auth_key=K`))).toBe(false);
  });
});

test('SignalWire’s package accepts what we accept', () => {
  const url = `${base}?auth_key=K&publisher=P`;
  const signature = getExpectedTwilioSignature(token, url, fields);
  expect(RestClient.validateRequest(token, signature, url, fields)).toBe(true);
  const request = post(url, '');
  const headers = {
    ...request.headers,
    'x-twilio-signature': undefined,
    'x-signalwire-signature': signature,
  };
  expect(isSigned({ ...request, headers })).toBe(true);
});

test('an unsigned request with many parameters is rejected without trying all their orders', () => {
  const query = Array.from({ length: 200 }, (_, index) => `p${index}='+%20%27`).join('&');
  const startedMs = performance.now();
  expect(isSigned(post(`${base}?${query}`, wrongSignature))).toBe(false);
  const six = `${base}?auth_key=K&a=1'&b=2+&c=3&d=4&e=5&f=6`;
  expect(isSigned(post(six, wrongSignature))).toBe(false);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});
