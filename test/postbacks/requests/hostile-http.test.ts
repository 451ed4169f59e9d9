/** Requests that break the rules of HTTP, or arrive in pieces, late or never. */
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { rejectionCodes } from '../../../src/core/updates/rejection.ts';
import { useTarget } from '../../support/requests/hostile.ts';
import { headOf, openSocket, readAnswer, sendRaw } from '../../support/requests/raw-http.ts';
import { conditionMsMax } from '../../support/wait-limit.ts';

const { server, webhook, key, raw } = useTarget();
const json = 'application/json';

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
    const { code } = JSON.parse(answer?.body ?? '');
    expect(Object.entries(rejectionCodes).find(([known]) => known === code)?.[1].httpStatus).toBe(status);
  });

  test.each([
    ['a URL of 40 KB', `GET /update-fields?x=${'x'.repeat(40_000)}`, 431],
    ['an unknown method', 'FETCH /update-fields', 400],
    ['a URL with a space', 'GET /update fields', 400],
  ])('%s is answered %i', async (_name, requestLine, status) => {
    const answer = await raw(requestLine);
    expect(answer?.status).toBe(status);
    expect(answer?.headers['cache-control']).toBe('no-store');
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
  const begin = (callLogId: string) => `{"call_log_id":"${callLogId}","reason":"`;
  /** Sends all of a postback but its last three characters. */
  async function openPostback(callLogId: string, query = '') {
    await server.createCall(callLogId);
    const socket = openSocket(server.url);
    const length = begin(callLogId).length + 3;
    const headers = { ...key(), 'content-type': json, 'content-length': length };
    socket.write(headOf(`POST /update-fields${query}`, headers) + begin(callLogId));
    return socket;
  }

  test('comes in pieces is read when it is complete, and delays no other request', async () => {
    const socket = await openPostback('pieces');
    const others = Array.from({ length: 20 }, () =>
      server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' }),
    );
    expect((await Promise.all(others)).every(({ status }) => status === 200)).toBe(true);
    socket.write('r"}');
    expect((await readAnswer(socket))?.status).toBe(200);
    expect((await server.readCall('pieces')).reason).toBe('r');
  });

  test('is long and has a wrong key is answered, and the connection is closed', async () => {
    const headers = { 'x-auth-key': 'rbk_wrong', 'content-type': json, 'content-length': 1_000_000 };
    const socket = openSocket(server.url);
    socket.write(headOf('POST /update-fields/batch', { ...headers, connection: 'keep-alive' }) + begin('x'));
    expect(await readAnswer(socket)).toMatchObject({ status: 401, headers: { connection: 'close' } });
  });

  test('never ends is cut off with 408, changes nothing and is in the log; headers that never end are cut off, too', {
    timeout: 120_000,
  }, async () => {
    const stalled = openSocket(server.url);
    stalled.write('POST /update-fields HTTP/1.1\r\nhost: localhost\r\nx-');
    const answers = await Promise.all([
      readAnswer(await openPostback('endless'), 90_000),
      readAnswer(await openPostback('endless', '?return=text'), 90_000),
      readAnswer(stalled, 90_000),
    ]);
    expect(answers.map((answer) => answer?.status)).toEqual([408, 408, 408]);
    const [asJson, asText] = answers.map((answer) => answer?.body ?? '');
    expect(asText).toBe('ERROR request_timeout');
    const { code, postback_id: id } = JSON.parse(asJson ?? '');
    expect(code).toBe('request_timeout');
    const { json } = await server.api('GET', `/postbacks/${id}`);
    expect(json).toMatchObject({ status: 'rejected', code, webhook_id: webhook.id, request: { body: null } });
    expect((await server.readCall('endless')).reason).toBeNull();
  });

  /** Announces more than 64 KiB on a connection that is to stay. @returns after the answer, before the body */
  async function openTooLarge(length: number) {
    const socket = openSocket(server.url);
    const headers = { ...key(), connection: 'keep-alive', 'content-type': json, 'content-length': length };
    socket.write(headOf('POST /update-fields', headers));
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
    return socket;
  }

  test('is too large may be sent to its end all the same, and the connection goes on', async () => {
    const socket = await openTooLarge(70_000);
    socket.write('x'.repeat(70_000));
    const body = '{"call_log_id":"CA1","dry_run":true,"reason":"r"}';
    const headers = { ...key(), 'content-type': json, 'content-length': body.length };
    socket.write(headOf('POST /update-fields', headers) + body);
    expect((await readAnswer(socket))?.status).toBe(200);
  });

  test('is too large and never ends is cut off', async () => {
    const socket = await openTooLarge(1_000_000_000);
    socket.write('x'.repeat(70_000));
    expect(await readAnswer(socket)).toBeNull();
  });

  test('breaks off changes nothing and is in the log', async () => {
    const socket = await openPostback('broken', '?utm=broken');
    // Answered after the head above was read: from then on the postback is under way.
    await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'r' });
    socket.destroy();
    await vi.waitFor(async () => {
      const { items } = (await server.api('GET', '/postbacks?code=malformed_body&limit=500')).json;
      const queries = items.map(({ request }: { request: { query: object } }) => request.query);
      expect(queries).toContainEqual({ utm: 'broken' });
    }, conditionMsMax);
    expect((await server.readCall('broken')).reason).toBeNull();
  });

  test('is whole counts, also where the sender hangs up without waiting for the answer', async () => {
    await server.createCall('hasty');
    const sent = Array.from({ length: 20 }, (_, at) => `k${at}`);
    for (const [at, tag] of sent.entries()) {
      const body = at % 2 ? `{"call_log_id":"hasty","add":{"${tag}":"v"}}` : '';
      const requestLine =
        at % 2 ? 'POST /update-fields' : `GET /update-fields?call_log_id=hasty&add=${tag}:v`;
      const headers = { ...key(), 'content-type': json, 'content-length': body.length };
      const socket = openSocket(server.url);
      socket.write(headOf(requestLine, headers) + body, () => socket.destroy());
    }
    await vi.waitFor(async () => {
      const { tags } = await server.readCall('hasty');
      expect(Object.keys(tags).toSorted()).toEqual(sent.toSorted());
    }, conditionMsMax);
  });
});
