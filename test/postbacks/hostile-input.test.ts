/** Whatever is sent: an answer of the contract, never a 5xx, never a hang, never a harmed neighbour. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { refusalCodes } from '../../src/core/refusal.ts';
import { headOf, openSocket, readAnswer, sendRaw } from '../support/raw-http.ts';
import { postText } from '../support/senders.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../support/server.ts';

let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  server = await startTestServer();
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

afterAll(() => server.stop());

/** The server is as well as before: a postback beside the hostile one goes through. */
afterEach(async () => {
  const answer = await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'still well' });
  expect(answer.status).toBe(200);
});

const key = () => ({ 'x-auth-key': webhook.auth_key });
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const raw = (
  requestLine: string,
  headers: Record<string, string | number> = {},
  ...body: (string | Uint8Array)[]
) => sendRaw(server.url, headOf(requestLine, { ...key(), ...headers }), ...body);

describe('text that cannot be stored', () => {
  test.each([
    ['NUL in an unknown name and value', '{"call_log_id":"CA1","reason":"1","a\\u0000":"b\\u0000"}', 200],
    ['half a surrogate pair there', '{"call_log_id":"CA1","reason":"2","a\\ud800":"b\\udfff"}', 200],
    ['NUL in a reason', '{"call_log_id":"CA1","reason":"a\\u0000b"}', 422],
    ['half a surrogate pair in a reason', '{"call_log_id":"CA1","reason":"a\\ud800b"}', 422],
    ['NUL in a tag', '{"call_log_id":"CA1","add":{"k\\u0000":"v","l":"\\u0000"},"remove":["\\u0000"]}', 422],
    ['NUL in a name inside fields', '{"call_log_id":"CA1","fields":{"a\\u0000":1}}', 422],
    ['half a surrogate pair in a name inside fields', '{"call_log_id":"CA1","fields":{"a\\ud800":1}}', 422],
    ['a raw NUL', '{"call_log_id":"CA1","reason":"a\0b"}', 400],
    ['a surrogate as raw bytes', Buffer.from('7b2261223a22eda08022 7d'.replace(' ', ''), 'hex'), 400],
    ['bytes that are not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex'), 400],
    ['an overlong NUL', Buffer.from('7b2261223a22c080227d', 'hex'), 400],
    ['UTF-16', Buffer.from('{"call_log_id":"CA1"}', 'utf16le'), 400],
  ])('%s is answered and logged', async (_name, body, status) => {
    const answer = await postText(server, webhook, body);
    expect(answer.status).toBe(status);
    const id = answer.headers.get('x-postback-id');
    expect((await server.api('GET', `/postbacks/${id}`)).json.id).toBe(id);
  });

  test('harms no neighbour that arrives with it', async () => {
    await server.createCall('neighbour');
    const sending = Array.from({ length: 40 }, (_, at) =>
      at % 4 === 0
        ? postText(server, webhook, `{"call_log_id":"neighbour","fields":{"\\u0000":"\\ud800"}}`)
        : server.post(webhook, { call_log_id: 'neighbour', add: { [`k${at}`]: 'v' } }),
    );
    const statuses = (await Promise.all(sending)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(10);
    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    expect(Object.keys((await server.readCall('neighbour')).tags)).toHaveLength(30);
  });
});

test('names of every object are names like any other', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const members = names.map((name) => `"${name}":"x"`).join();
  const onTop = await postText(server, webhook, `{"call_log_id":"CA1","dry_run":1,"reason":"r",${members}}`);
  expect(onTop.json.ignored).toEqual(names);
  const inFields = await postText(server, webhook, `{"call_log_id":"CA1","fields":{${members}}}`);
  expect(inFields.json.errors).toHaveLength(names.length);
  const asText = names.flatMap((name) => [`add[${name}]=x`, `${name}=1`]).join('&');
  await server.createCall('names');
  const tagged = await postText(server, webhook, `call_log_id=names&${asText}`, form);
  expect(tagged.json).toMatchObject({ status: 'applied', ignored: names });
  expect(Object.keys((await server.readCall('names')).tags).toSorted()).toEqual(names.toSorted());
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

describe('thousands of names', () => {
  const names = Array.from({ length: 5_000 }, (_, at) => `n${at}`);
  test.each([
    [
      'JSON',
      json,
      `{"call_log_id":"CA1","dry_run":true,"reason":"r",${names.map((name) => `"${name}":1`).join()}}`,
    ],
    ['a form', form, `call_log_id=CA1&dry_run=1&reason=r&${names.map((name) => `${name}=1`).join('&')}`],
  ])('on top of %s are ignored', async (_name, type, body) => {
    const answer = await postText(server, webhook, body, type);
    expect(answer.status).toBe(200);
    expect(answer.json.ignored).toEqual(names);
  });

  test.each([
    [
      'fields',
      json,
      `{"call_log_id":"CA1","fields":{${names.map((name) => `"${name}":1`).join()}}}`,
      'unknown_field',
    ],
    [
      'add',
      json,
      `{"call_log_id":"CA1","add":{${names.map((name) => `"${name}":null`).join()}}}`,
      'invalid_value',
    ],
    [
      'remove',
      json,
      `{"call_log_id":"CA1","remove":[${names.map((name) => `"${name}"`).join()}]}`,
      'too_many_tags',
    ],
    [
      'add of a form',
      form,
      `call_log_id=CA1&${names.map((name) => `add[${name}]=`).join('&')}`,
      'too_many_tags',
    ],
    [
      'one field of a form',
      form,
      `call_log_id=CA1&${names.map(() => 'converted=x').join('&')}`,
      'invalid_value',
    ],
  ])('in %s get an answer of a bounded size', async (_name, type, body, code) => {
    const answer = await postText(server, webhook, body, type);
    expect(answer.json).toMatchObject({ status: 422, code });
    expect(answer.text.length).toBeLessThan(100_000);
  });
});

describe('percent-encoding that is none', () => {
  test.each(['%zz', '%', '%%', '%f', '%u0041', 'a%2', '+%+', '100%'])(
    '%s stands for itself',
    async (text) => {
      const answer = await raw(`GET /update-fields?call_log_id=CA1&dry_run=1&reason=${text}`);
      expect(answer?.status).toBe(200);
      expect(JSON.parse(answer?.body ?? '').changes.reason.to).toBe(text.replaceAll('+', ' ').trim());
    },
  );

  test.each([
    '/update-fields/%zz',
    '/%',
    '/update-fields%',
    '/%00',
    '/api/v1/calls/%zz',
    '/update-fields/%2e%2e/x',
  ])('the path %s is nowhere', async (path) => {
    const answer = await raw(`GET ${path}?call_log_id=CA1&reason=r`);
    expect([400, 401, 404]).toContain(answer?.status);
  });

  test('macros of a URL that reads as bytes are still told', async () => {
    for (const macro of ['%%id%%', '%%call_id%%', '%%deal%%', '%add%', '%%f%%']) {
      const answer = await raw(`GET /update-fields?call_log_id=${macro}&reason=r`);
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'unresolved_placeholder' });
    }
  });
});

describe('HTTP that is none', () => {
  const body = '{"call_log_id":"CA1","dry_run":true,"reason":"r"}';
  const post = 'POST /update-fields';
  const chunked = { 'content-type': json, 'transfer-encoding': 'chunked' };
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

  test('a chunked body is a body', async () => {
    const parts = [chunk(body.slice(0, 7)), chunk(body.slice(7)), '0\r\n\r\n'];
    expect((await raw(post, chunked, ...parts))?.status).toBe(200);
  });

  test.each([
    ['a chunked body over 64 KiB', 413, chunked, [chunk(`{"x":"${'x'.repeat(70_000)}"}`), '0\r\n\r\n']],
    ['a length over 64 KiB', 413, { 'content-type': json, 'content-length': 70_000 }, []],
    ['a chunk of no length', 400, chunked, ['zz\r\n']],
    ['a length that is no number', 400, { 'content-length': 'ten' }, [body]],
    ['a negative length', 400, { 'content-length': -1 }, [body]],
    ['two ways to tell the length', 400, { ...chunked, 'content-length': 5 }, [chunk(body), '0\r\n\r\n']],
    ['a length that is too short', 400, { 'content-type': json, 'content-length': 10 }, [body]],
    ['headers of 40 KB', 431, { 'x-long': 'x'.repeat(40_000) }, []],
  ])('%s is answered %i', async (_name, status, headers, parts) => {
    const answer = await raw(post, headers, ...parts);
    expect(answer?.status).toBe(status);
    const code = JSON.parse(answer?.body ?? '').code as keyof typeof refusalCodes;
    expect(refusalCodes[code].httpStatus).toBe(status);
  });

  test.each([
    ['a URL of 40 KB', `GET /update-fields?x=${'x'.repeat(40_000)}`, 431],
    ['an unknown method', 'FETCH /update-fields', 400],
    ['a URL with a space', 'GET /update fields', 400],
  ])('%s is answered %i', async (_name, requestLine, status) => {
    expect((await raw(requestLine))?.status).toBe(status);
  });

  test.each([
    '\r\n\r\n\r\n{"a":1}',
    'GET\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    '\0\0\0\0\n\n',
  ])('bytes that are no request are cut off: %#', async (bytes) => {
    expect((await sendRaw(server.url, Buffer.from(bytes, 'latin1')))?.status).toBe(400);
  });

  test.each([
    ['APPLICATION/JSON', 200],
    ['application/json; charset="utf-8"; x=y', 200],
    ['text/plain;charset=iso-8859-1', 200],
    ['json', 415],
    ['application/json/x', 415],
    ['*/*', 415],
    ['application/json, text/html', 415],
  ])('the content type %j is answered %i', async (type, status) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    expect((await raw(post, headers, body))?.status).toBe(status);
  });

  test('many parameters of headers are no harm', async () => {
    const headers = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-${at}`, 'y']));
    expect((await raw('GET /update-fields?call_log_id=CA1&dry_run=1&reason=r', headers))?.status).toBe(200);
    const odd = { 'idempotency-key': '\u00ff\u00fe', cookie: ';;;=', 'user-agent': '', referer: '%zz' };
    expect((await raw('GET /update-fields?call_log_id=CA1&dry_run=1&reason=r', odd))?.status).toBe(200);
  });
});

describe('a body that', () => {
  const begin = '{"call_log_id":"slow","reason":"';
  const head = () =>
    headOf('POST /update-fields', { ...key(), 'content-type': json, 'content-length': begin.length + 3 });
  beforeAll(async () => {
    await server.createCall('slow');
  });

  test('comes in pieces is read once it is whole, and holds nobody up meanwhile', async () => {
    const socket = openSocket(server.url);
    socket.write(head() + begin);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' }),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    socket.write('r"}');
    expect((await readAnswer(socket))?.status).toBe(200);
  });

  test('never ends is cut off with 408 and changes nothing', { timeout: 60_000 }, async () => {
    const socket = openSocket(server.url);
    socket.write(head() + begin);
    const answer = await readAnswer(socket, 45_000);
    expect(answer?.status).toBe(408);
    expect(JSON.parse(answer?.body ?? '').code).toBe('request_timeout');
    expect((await server.readCall('slow')).reason).toBe('r');
  });

  test('breaks off changes nothing and is in the log', async () => {
    const socket = openSocket(server.url);
    socket.write(
      headOf('POST /update-fields?utm=broken', { ...key(), 'content-type': json, 'content-length': 999 }) +
        begin,
    );
    await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' });
    socket.destroy();
    await vi.waitFor(async () => {
      const { items } = (await server.api('GET', '/postbacks?code=malformed_body&limit=500')).json;
      const queries = items.map(({ request }: { request: { query: object } }) => request.query);
      expect(queries).toContainEqual({ utm: 'broken' });
    });
    expect((await server.readCall('slow')).reason).toBe('r');
  });
});

describe('anything at all', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'call_log_id',
      'phone_number',
      'transaction_id',
      'dry_run',
      'return',
      'fields',
      'add',
      'remove',
    ),
    fc.constantFrom(
      'converted',
      'revenue_paid_out',
      'reason',
      'fields[reason]',
      'add[k]',
      'remove[]',
      '__proto__',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const value = fc.oneof(
    fc.constantFrom(
      'CA1',
      'unknown',
      '12.5',
      'true',
      'null',
      '',
      '{{x}}',
      '2125550123',
      'gif',
      'a:b,c',
      '{"k":"v"}',
    ),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.jsonValue(),
  );
  const payload = fc.dictionary(name, value, { maxKeys: 8 });
  const encoded = fc
    .array(fc.tuple(name, value), { maxLength: 8 })
    .map((pairs) =>
      pairs
        .map(
          ([left, right]) =>
            `${encode(left)}=${encode(typeof right === 'string' ? right : JSON.stringify(right))}`,
        )
        .join('&'),
    );
  const body = fc.oneof(
    payload.map((one) => JSON.stringify(one)),
    encoded,
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  const type = fc.constantFrom(
    json,
    form,
    'text/plain',
    '',
    'text/xml',
    'x/y; z',
    'application/json; charset=x',
  );
  const headers = fc.dictionary(
    fc.constantFrom(
      'idempotency-key',
      'purpose',
      'user-agent',
      'cookie',
      'x-any',
      'accept',
      'content-encoding',
    ),
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '').trim()),
  );
  const path = fc.constantFrom(
    '/update-fields',
    '/update-fields.gif',
    '/update-revenue',
    '/update-tags',
    '/update-fields/',
  );

  function encode(text: string): string {
    return encodeURIComponent(text.toWellFormed());
  }

  const statuses = new Set<number>([
    200,
    202,
    204,
    ...Object.values(refusalCodes).map(({ httpStatus }) => httpStatus),
  ]);
  for (const status of [500, 503]) statuses.delete(status);

  async function expectAnswered(
    url: string,
    method: string,
    init: { headers: Record<string, string>; body?: Buffer },
  ) {
    const answer = await server.request(url, { method, ...init, headers: { ...key(), ...init.headers } });
    expect(statuses).toContain(answer.status);
    const entry = await server.api('GET', `/postbacks/${answer.headers.get('x-postback-id')}`);
    expect(entry.status).toBe(200);
    expect(entry.json.status).toBe(answer.headers.get('x-postback-status'));
  }

  test('posted is answered as the contract says, and is in the log', async () => {
    await fc.assert(
      fc.asyncProperty(path, encoded, type, headers, body, async (url, query, contentType, others, bytes) => {
        const sent = { ...others, ...(contentType && { 'content-type': contentType }) };
        await expectAnswered(`${url}?${query}`, 'POST', {
          headers: sent,
          body: Buffer.from(bytes as string),
        });
      }),
      { numRuns: 300 },
    );
  });

  test('asked by a URL is answered as the contract says, and is in the log', async () => {
    const wild = fc
      .string({ unit: 'binary', maxLength: 200 })
      .map((text) => text.replaceAll(/[^\x21-\x7e]|#/g, '%'));
    await fc.assert(
      fc.asyncProperty(path, fc.oneof(encoded, wild), headers, async (url, query, others) => {
        await expectAnswered(`${url}?${query}`, 'GET', { headers: others });
      }),
      { numRuns: 300 },
    );
  });
});
