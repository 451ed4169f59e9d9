/** Every scheme against what the platform's own package produces or accepts. */
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { tokenGenerate, verifySignature } from '@vonage/jwt';
import fc from 'fast-check';
import { validateV3Signature } from 'plivo/dist/utils/v3Security.js';
import { Retell } from 'retell-sdk';
import { Webhook } from 'standardwebhooks';
import { TelnyxWebhook } from 'telnyx/lib/webhooks';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../values/text/code-point.arbitrary.ts';
import { readVerify } from './read-verify.ts';
import type { SignedRequest } from './signed-request.ts';
import { coversQuery, rejectSecret, rejectUnverified, schemeNames, type Verify } from './verify.ts';

const nowMs = Date.now();
const nowSeconds = Math.floor(nowMs / 1_000);
const body = '{"event":"call.hangup","note":"Café"}';
const url = 'https://hooks.example.com/calls?auth_key=K';
const secret = 'a-secret-of-the-sender';

function request(headers: SignedRequest['headers'], more: Partial<SignedRequest> = {}): SignedRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body, ...more };
}

function verifyOf(value: unknown): Verify {
  const read = readVerify(value);
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.verify;
}

function detailOf(scheme: unknown, secrets: string[], sent: SignedRequest, atMs = nowMs): string | null {
  return rejectUnverified(verifyOf(scheme), secrets, sent, atMs)?.detail ?? null;
}

/** What every scheme promises of a request that is signed with `right`. */
function expectChecked(scheme: unknown, right: string, other: string, sent: SignedRequest): void {
  expect(detailOf(scheme, [right], sent)).toBeNull();
  expect(detailOf(scheme, [right], { ...sent, body: Buffer.from(sent.body) })).toBeNull();
  expect(detailOf(scheme, [other, right], sent)).toBeNull();
  expect(detailOf(scheme, [right, other], sent)).toBeNull();
  expect(detailOf(scheme, [other], sent)).toMatch(/does not match|is wrong/);
  expect(detailOf(scheme, [], sent)).toMatch(/does not match|is wrong/);
  expect(detailOf(scheme, [right], { ...sent, headers: {} })).toMatch(/^Send|^Sign/);
}

describe('standard_webhooks', () => {
  const key = `whsec_${randomBytes(32).toString('base64')}`;
  const signature = new Webhook(key).sign('msg_1', new Date(nowMs), body);
  const sent = request({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(nowSeconds),
    'webhook-signature': `v1a,x v1,AAAA ${signature}`,
  });

  test('accepts what the package signs', () => {
    expectChecked('standard_webhooks', key, `whsec_${randomBytes(32).toString('base64')}`, sent);
  });

  test('rejects another body and another age', () => {
    expect(detailOf('standard_webhooks', [key], { ...sent, body: `${body} ` })).toContain('does not match');
    for (const offMs of [-301_000, 302_000]) {
      expect(detailOf('standard_webhooks', [key], sent, nowMs + offMs)).toContain('300 seconds');
    }
  });
});

describe('telnyx', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyOf = (key: typeof publicKey) =>
    Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
  const signature = sign(null, Buffer.from(`${nowSeconds}|${body}`), privateKey).toString('base64');
  const headers = { 'telnyx-timestamp': String(nowSeconds), 'telnyx-signature-ed25519': signature };

  test('accepts what the package accepts', async () => {
    await new TelnyxWebhook(keyOf(publicKey)).verify(body, headers);
    const other = keyOf(generateKeyPairSync('ed25519').publicKey);
    expectChecked('telnyx', keyOf(publicKey), other, request(headers));
  });

  test('rejects another body, another time and another age', () => {
    const secrets = [keyOf(publicKey)];
    expect(detailOf('telnyx', secrets, request(headers, { body: '{}' }))).toContain('does not match');
    const later = { ...headers, 'telnyx-timestamp': String(nowSeconds + 1) };
    expect(detailOf('telnyx', secrets, request(later))).toContain('does not match');
    for (const offMs of [-301_000, 302_000]) {
      expect(detailOf('telnyx', secrets, request(headers), nowMs + offMs)).toContain('300 seconds');
    }
    const short = { ...headers, 'telnyx-signature-ed25519': signature.slice(0, 40) };
    expect(detailOf('telnyx', secrets, request(short))).toContain('telnyx-signature-ed25519');
  });
});

describe('plivo_v3', () => {
  const nonce = '05429567804466091622';
  const form = { CallUUID: 'u-1', From: '+12135550142', CallStatus: 'completed', Note: 'a b&c=é' };
  const post = (address: string, fields: Record<string, string>, signature: string): SignedRequest => ({
    method: 'POST',
    url: address,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-plivo-signature-v3': signature,
      'x-plivo-signature-v3-nonce': nonce,
    },
    body: new URLSearchParams(fields).toString(),
  });
  const hmacOf = (text: string) => createHmac('sha256', secret).update(`${text}.${nonce}`).digest('base64');
  const sorted = Object.entries(form)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join(''))
    .join('');

  test.each([
    ['https://h.example/calls', form, `https://h.example/calls?${sorted}`],
    [
      'https://h.example:8443/a/b?z=1&auth_key=K&a=x%20y',
      form,
      `https://h.example:8443/a/b?a=x y&auth_key=K&z=1.${sorted}`,
    ],
    ['https://h.example/calls?auth_key=K', {}, 'https://h.example/calls?auth_key=K'],
  ])('accepts a form at %s as the package does', (address, fields, signed) => {
    const signature = hmacOf(signed);
    expect(validateV3Signature('POST', address, nonce, secret, signature, fields)).toBe(true);
    const sent = post(address, fields, `bm9uZQ==,${signature}`);
    expectChecked('plivo_v3', secret, 'another-secret', sent);
    expect(detailOf('plivo_v3', [secret], { ...sent, body: 'CallStatus=busy' })).toContain('does not match');
    expect(detailOf('plivo_v3', [secret], { ...sent, url: `${address}&x=1` })).toContain('does not match');
  });

  test('accepts a GET as the package does', () => {
    const address = `https://h.example/calls?auth_key=K&${new URLSearchParams(form)}`;
    const query = [['auth_key', 'K'], ...Object.entries(form)].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
    const signature = hmacOf(`https://h.example/calls?${query.map((pair) => pair.join('=')).join('&')}`);
    expect(validateV3Signature('GET', address, nonce, secret, signature, {})).toBe(true);
    const headers = { 'x-plivo-signature-ma-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
    expect(detailOf('plivo_v3', [secret], { method: 'GET', url: address, headers, body: '' })).toBeNull();
  });

  test('rejects a body that is not signed', () => {
    const sent = post('https://h.example/calls', {}, hmacOf('https://h.example/calls'));
    const headers = { ...sent.headers, 'content-type': 'application/json' };
    expect(detailOf('plivo_v3', [secret], { ...sent, headers, body })).toContain('Send a form');
  });
});

describe('vonage_jwt', () => {
  const claims = {
    iat: nowSeconds,
    jti: 'j-1',
    iss: 'Vonage',
    application_id: 'a-1',
    payload_hash: createHash('sha256').update(body).digest('hex'),
  };
  const signed = (more: object, key = secret, alg = 'HS256') => {
    const parts = [
      { typ: 'JWT', alg },
      { ...claims, ...more },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${createHmac(alg.replace('HS', 'sha'), key).update(text).digest('base64url')}`;
  };
  const sentWith = (token: string, more: Partial<SignedRequest> = {}) =>
    request({ authorization: `Bearer ${token}` }, more);

  test('accepts what the package accepts', () => {
    expect(verifySignature(signed({}), secret)).toBe(true);
    expectChecked('vonage_jwt', secret, 'another-secret', sentWith(signed({})));
  });

  test('rejects another payload and another age, which the package accepts', () => {
    const token = signed({ iat: nowSeconds - 301 });
    expect(verifySignature(token, secret)).toBe(true);
    expect(detailOf('vonage_jwt', [secret], sentWith(token))).toContain('iat');
    expect(detailOf('vonage_jwt', [secret], sentWith(signed({ iat: 'x' })))).toContain('iat');
    expect(detailOf('vonage_jwt', [secret], sentWith(signed({}), { body: '{}' }))).toContain('payload_hash');
    const unhashed = signed({ payload_hash: undefined });
    expect(detailOf('vonage_jwt', [secret], sentWith(unhashed))).toContain('payload_hash');
    expect(detailOf('vonage_jwt', [secret], sentWith(signed({ exp: nowSeconds - 1 })))).toContain('expired');
  });

  test('rejects other algorithms', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rs256 = tokenGenerate('a-1', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${signed({}).split('.')[1]}.`;
    for (const token of [rs256, none, `${none}x`, signed({}, secret, 'HS512'), 'a.b.c']) {
      expect(detailOf('vonage_jwt', [secret], sentWith(token))).not.toBeNull();
    }
  });

  test.each([
    ['all of its parameters', { auth_key: 'K', uuid: 'u-1', status: 'completed' }],
    ['those that Vonage added', { uuid: 'u-1', status: 'completed' }],
  ])('accepts a GET with the hash of %s', (_what, payload) => {
    const address = 'https://h.example/calls?auth_key=K&uuid=u-1&status=completed';
    const payloadHash = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
    const sent = sentWith(signed({ payload_hash: payloadHash }), { method: 'GET', url: address, body: '' });
    expect(detailOf('vonage_jwt', [secret], sent)).toBeNull();
    expect(
      detailOf('vonage_jwt', [secret], { ...sent, url: address.replace('completed', 'busy') }),
    ).not.toBeNull();
  });
});

describe('hmac', () => {
  const digest = (hash: string, encoding: 'hex' | 'base64' | 'base64url', text = body) =>
    createHmac(hash, secret).update(text).digest(encoding);

  test.each([
    [
      { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
      { 'x-hub-signature-256': `sha256=${digest('sha256', 'hex')}` },
    ],
    [{ header: 'Signature', hash: 'sha1', encoding: 'base64' }, { signature: digest('sha1', 'base64') }],
    [{ header: 'X-Sig', hash: 'sha512', encoding: 'base64url' }, { 'x-sig': digest('sha512', 'base64url') }],
    [
      { header: 'X-Signature', prefix: 'v1=', content: '{timestamp}.{body}' },
      { 'x-signature': `t=${nowSeconds}, v1=00,v1=${digest('sha256', 'hex', `${nowSeconds}.${body}`)}` },
    ],
    [
      { header: 'X-Slack-Signature', prefix: 'v0=', content: 'v0:{timestamp}:{body}' },
      {
        'x-slack-request-timestamp': String(nowSeconds),
        'x-slack-signature': `v0=${digest('sha256', 'hex', `v0:${nowSeconds}:${body}`)}`,
      },
    ],
    [
      {
        header: 'X-Sig',
        encoding: 'base64',
        content: '{method}{url}{body}{timestamp}',
        timestamp_header: 'X-Time',
      },
      { 'x-time': String(nowMs), 'x-sig': digest('sha256', 'base64', `POST${url}${body}${nowMs}`) },
    ],
    [
      { header: 'X-Sig', content: '{header.X-Id}|{body}' },
      { 'x-id': 'i-1', 'x-sig': digest('sha256', 'hex', `i-1|${body}`) },
    ],
  ])('accepts %j', (settings, headers) => {
    const scheme = { scheme: 'hmac', ...settings };
    expectChecked(scheme, secret, 'another-secret', request(headers));
    expect(detailOf(scheme, [secret], request(headers, { body: '{}' }))).toContain('does not match');
    const isTimed = JSON.stringify(settings).includes('{timestamp}');
    expect(detailOf(scheme, [secret], request(headers), nowMs + 302_000) === null).toBe(!isTimed);
  });

  test('checks Retell’s signatures as its package does', async () => {
    const scheme = {
      scheme: 'hmac',
      header: 'X-Retell-Signature',
      prefix: 'd=',
      timestamp_prefix: 'v=',
      content: '{body}{timestamp}',
    };
    const signature = await Retell.sign(body, secret);
    expect(await Retell.verify(body, secret, signature)).toBe(true);
    expectChecked(scheme, secret, 'another-secret', request({ 'x-retell-signature': signature }));
    expect(
      detailOf(scheme, [secret], request({ 'x-retell-signature': signature }), nowMs + 310_000),
    ).toContain('seconds off');
  });

  test('honors tolerance_seconds', () => {
    const scheme = { scheme: 'hmac', header: 'X-Sig', content: '{timestamp}.{body}', tolerance_seconds: 10 };
    const headers = {
      'x-timestamp': String(nowSeconds),
      'x-sig': digest('sha256', 'hex', `${nowSeconds}.${body}`),
    };
    expect(detailOf(scheme, [secret], request(headers), nowSeconds * 1_000 + 10_000)).toBeNull();
    expect(detailOf(scheme, [secret], request(headers), nowSeconds * 1_000 + 10_001)).toContain('10 seconds');
  });
});

describe('basic', () => {
  test('accepts the user and the password, in any of the secrets', () => {
    const authorization = `Basic ${Buffer.from('ringback:p:ä-word1').toString('base64')}`;
    expectChecked('basic', 'ringback:p:ä-word1', 'ringback:another-one', request({ authorization }));
    for (const wrong of ['Basic', 'Basic !', 'Bearer x', `${authorization.slice(0, -4)}`]) {
      expect(detailOf('basic', ['ringback:p:ä-word1'], request({ authorization: wrong }))).not.toBeNull();
    }
  });
});

describe('settings', () => {
  test.each<[unknown, string[]]>([
    [null, ['']],
    ['none', ['/scheme']],
    [{}, ['/scheme']],
    [{ scheme: 'twilio', header: 'X' }, ['/header']],
    [{ scheme: 'hmac' }, ['/header']],
    [
      { scheme: 'hmac', header: 'X Y', hash: 'md5', encoding: 'x', prefix: 1, content: '', 'a/b': 1 },
      ['/a~1b', '/header', '/hash', '/encoding', '/prefix', '/content'],
    ],
    [{ scheme: 'hmac', header: 'X', tolerance_seconds: 60 }, ['/tolerance_seconds']],
    [{ scheme: 'hmac', header: 'X', content: '{timestamp}', tolerance_seconds: 0.5 }, ['/tolerance_seconds']],
  ])('%j has every fault told', (value, pointers) => {
    const read = readVerify(value);
    expect('faults' in read ? read.faults.map(({ pointer }) => pointer).sort() : []).toEqual(pointers.sort());
  });

  test('a secret is checked when it is set', () => {
    expect(rejectSecret('telnyx', 'KEY0123')).toContain('public key');
    expect(rejectSecret('basic', 'password')).toContain('user:password');
    expect(rejectSecret('standard_webhooks', 'whsec_x')).toContain('whsec_');
    expect(rejectSecret('hmac', secret)).toBeNull();
    // How long it is was for the sender to choose.
    expect(rejectSecret('hmac', 'abc')).toBeNull();
    expect(rejectSecret('basic', 'joe:pw')).toBeNull();
    expect(rejectSecret('hmac', ' ')).toContain('the secret that the sender signs with');
  });

  test('only what signs the URL covers the query', () => {
    const covering = schemeNames.filter((scheme) =>
      coversQuery(verifyOf({ scheme, ...(scheme === 'hmac' && { header: 'x' }) }), 'POST'),
    );
    expect(covering.sort()).toEqual(['basic', 'plivo_v3', 'twilio']);
    expect(coversQuery(verifyOf({ scheme: 'hmac', header: 'x', content: '{url}{body}' }), 'POST')).toBe(true);
  });
});

test('nothing unsigned is accepted, and nothing throws', () => {
  const headerNames = [
    'authorization',
    'x-twilio-signature',
    'telnyx-timestamp',
    'telnyx-signature-ed25519',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'x-plivo-signature-v3',
    'x-plivo-signature-v3-nonce',
    'x-sig',
  ];
  const keys: Record<string, string> = {
    standard_webhooks: `whsec_${randomBytes(32).toString('base64')}`,
    telnyx: randomBytes(32).toString('base64'),
    basic: 'user:password1',
  };
  const text = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.constant(String(nowSeconds)),
    fc.string().map((one) => `Bearer ${one}`),
    fc.base64String().map((one) => `Basic ${one}`),
    fc.base64String().map((one) => `v1,${one}`),
  );
  const anyHeaders = fc.record(Object.fromEntries(headerNames.map((name) => [name, text])), {
    requiredKeys: [],
  });
  const part = fc.string({ unit: codePoint }).map(encodeURIComponent);
  const pairs = fc.array(fc.tuple(part, part).map((pair) => pair.join('=')));
  const anyUrl = fc
    .tuple(fc.constantFrom('http', 'https'), fc.domain(), fc.array(part), fc.option(pairs))
    .map(([scheme, domain, path, query]) => {
      const search = query === null ? '' : `?${query.join('&')}`;
      return `${scheme}://${[domain, ...path].join('/')}${search}`;
    });
  fc.assert(
    fc.property(anyHeaders, fc.string(), anyUrl, (headers, sentBody, sentUrl) => {
      for (const scheme of schemeNames) {
        const settings = scheme === 'hmac' ? { scheme, header: 'X-Sig' } : scheme;
        const sent = { method: 'POST', url: sentUrl, headers, body: sentBody };
        expect(detailOf(settings, [keys[scheme] ?? secret], sent)).not.toBeNull();
      }
    }),
    { numRuns: 300 },
  );
});
