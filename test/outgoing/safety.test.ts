/** Outgoing webhooks reach no private network, follow nothing, and read no more than they need. */

import { lookup } from 'node:dns';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AddressGuard } from '../../src/jobs/outgoing/address-guard.ts';
import { createHttpClient, limitsDefault } from '../../src/jobs/outgoing/http-client.ts';
import { expectProblem } from '../support/problem.ts';
import { startRawReceiver, startReceiver } from '../support/programs/receiver.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
/** as an installation has it that allows nothing */
let strict: TestServer;

beforeAll(async () => {
  [server, strict] = await Promise.all([
    startTestServer(),
    startTestServer({ outgoingAllowedNetworks: [], publicUrl: 'https://ringback.example.com' }),
  ]);
});

afterAll(() => Promise.all([server.stop(), strict.stop()]));

const create = (to: TestServer, url: string, settings: object = {}) =>
  to.api('POST', '/webhooks/outgoing', { name: 'x', url, events: ['call.created'], ...settings });

describe('a URL that may not be saved', () => {
  test.each([
    'http://127.0.0.1/x',
    'http://127.1/x',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://localhost:5432/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[::127.0.0.1]/',
    'http://[::a01:203]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://224.0.0.1/',
    'https://ringback.example.com/update-fields',
    'https://user:secret@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://[TAG.host].example.com/',
    'https://hooks.example.com:[TAG.port]/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'hooks.example.com/x',
    'https://',
    'https://{domain}/x',
  ])('%s', async (url) => {
    const answer = await create(strict, url);
    expectProblem(answer, 422, 'url_not_allowed');
    expect(answer.json.errors[0].field).toBe('url');
  });

  test('and one that is changed to it', async () => {
    const { json } = await create(strict, 'https://hooks.example.com/x');
    const changed = await strict.api('PATCH', `/webhooks/outgoing/${json.id}`, { url: 'http://10.0.0.1/' });
    expectProblem(changed, 422, 'url_not_allowed');
  });
});

test.each([
  'https://t.example/postback?cid=[TAG.clickid]',
  'http://93.184.216.34/',
  'https://[2606:4700::1111]/x',
])('%s may be saved', async (url) => expect((await create(strict, url)).status).toBe(201));

test('an address that is not allowed any more is a failed attempt: the check is made at each connection', async () => {
  const receiver = await startReceiver();
  const { json: webhook } = await create(strict, 'https://hooks.example.com/x');
  await strict.database.query('update outgoing_webhook set url = $1 where webhook_id = $2', [
    receiver.url,
    webhook.id,
  ]);
  const { json } = await strict.api('POST', `/webhooks/outgoing/${webhook.id}/test`);
  expect(json).toMatchObject({ delivered: false, status: null });
  expect(json.error).toMatch(/127\.0\.0\.1 is a private or local address/);
  expect(receiver.received).toEqual([]);
});

describe('a name', () => {
  const connect = (guard: AddressGuard, host: string) =>
    new Promise<unknown>((resolve) =>
      guard.lookup(host, { all: true }, (error, addresses) => resolve(error ?? addresses)),
    );

  test('is looked up for the connection itself, and what is private is left out', async () => {
    expect(await connect(new AddressGuard([]), 'localhost')).toBeInstanceOf(Error);
    expect(await connect(new AddressGuard(['127.0.0.0/8']), 'localhost')).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
  });

  test('that means another address later is not reached there: nothing is looked up twice', async () => {
    const receiver = await startReceiver();
    const guard = new AddressGuard(['127.0.0.1']);
    const { port } = new URL(receiver.url);
    let lookups = 0;
    const rebinding: typeof guard.lookup = (_host, options, done) => {
      lookups += 1;
      // The first answer may be reached, every later one may not.
      lookup(lookups === 1 ? '127.0.0.1' : '127.0.0.2', options, done as never);
    };
    const client = createHttpClient(
      Object.assign(Object.create(guard), { lookup: rebinding }),
      limitsDefault,
    );
    onTestFinished(client.close);
    const sent = { method: 'GET', url: `http://rebinding.test:${port}/`, headers: {}, body: null } as const;
    expect(await client.send(sent, new AbortController().signal)).toMatchObject({ status: 200 });
    expect(lookups).toBe(1);
  });
});

describe('a response', () => {
  async function testWith(url: string) {
    const { json } = await create(server, url);
    const start = performance.now();
    const { json: result } = await server.api('POST', `/webhooks/outgoing/${json.id}/test`);
    return { ...result, tookMs: performance.now() - start };
  }

  test.each([301, 302, 303, 307, 308])(
    'with a redirect (%i) is a failure, and is not followed',
    async (status) => {
      const target = await startReceiver();
      const receiver = await startReceiver();
      receiver.answer((_received, response) => response.writeHead(status, { location: target.url }).end());
      expect(await testWith(receiver.url)).toMatchObject({ delivered: false, status });
      expect(target.received).toEqual([]);
    },
  );

  test('without an end is read to 2 KiB and is a success by its status', async () => {
    const receiver = await startReceiver();
    receiver.answer((_received, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(16_384)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const result = await testWith(receiver.url);
    expect(result).toMatchObject({ delivered: true, status: 200, response: 'x'.repeat(2_048) });
    expect(result.tookMs).toBeLessThan(5_000);
  });

  test('whose body trickles is cut off', async () => {
    const receiver = await startReceiver();
    receiver.answer((_received, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 100);
      response.on('close', () => clearInterval(timer));
    });
    const result = await testWith(receiver.url);
    expect(result).toMatchObject({ delivered: true, status: 200 });
    expect(result.tookMs).toBeLessThan(5_000);
  });

  test('that never comes is given up after 15 seconds', async () => {
    const result = await testWith(await startRawReceiver(() => {}));
    expect(result).toMatchObject({ delivered: false, status: null, error: 'No response within 15 s.' });
    expect(result.tookMs).toBeGreaterThan(14_000);
    expect(result.tookMs).toBeLessThan(17_000);
  });

  test('whose headers never end is given up', async () => {
    const url = await startRawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write(`x-${'y'.repeat(1_000)}: z\r\n`), 5);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await testWith(url)).toMatchObject({ delivered: false, status: null });
  });

  test.each([
    ['closes at once', (url: string) => url, ''],
    ['is no HTTP', (url: string) => url, 'SSH-2.0-OpenSSH\r\n'],
  ])('that %s is a failure', async (_name, urlOf, says) => {
    const url = await startRawReceiver((socket) => socket.end(says));
    const result = await testWith(urlOf(url));
    expect(result).toMatchObject({ delivered: false, status: null });
    expect(result.error).not.toBe('');
  });

  test('from a port without a listener is a failure that says so', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo; // it listens on TCP
    await new Promise((resolve) => closed.close(resolve));
    expect((await testWith(`http://127.0.0.1:${port}/`)).error).toMatch(/ECONNREFUSED/);
  });
});

describe('headers', () => {
  test('cannot be added by a value', async () => {
    const receiver = await startReceiver();
    const { json } = await create(server, receiver.url, {
      ...{ format: 'template', method: 'POST', body: 'x=[REASON]' },
      headers: { 'x-reason': '[REASON]', 'x-campaign': 'a [CAMPAIGN] b' },
      events: ['call.changed'],
    });
    expect(json.id).toBeDefined();
    await server.createCall('inject', {
      reason: 'a\r\nx-evil: 1\r\n\r\nGET /evil HTTP/1.1',
      campaign: 'Caf\u00e9 \u4f60\u597d\u0007',
    });
    const [request] = await receiver.wait(1);
    expect(request?.headers['x-evil']).toBeUndefined();
    expect(request?.headers['x-reason']).toBe('a x-evil: 1 GET /evil HTTP/1.1');
    expect(request?.headers['x-campaign']).toBe('a Caf%C3%A9 %E4%BD%A0%E5%A5%BD b');
    expect(receiver.received).toHaveLength(1);
  });

  test.each([
    { host: 'evil.example.com' },
    { 'Content-Length': '3' },
    { 'transfer-encoding': 'chunked' },
    { 'webhook-signature': 'v1,x' },
    { 'x y': 'z' },
    { 'x-a': 'b\r\nx-c: d' },
  ])('%j may not be set', async (headers) => {
    expectProblem(await create(server, 'http://127.0.0.1:1/', { headers }), 422, 'invalid_value');
  });
});

const unfillable: [what: string, settings: Record<string, unknown>, field: string][] = [
  ['a body that nests too deep', { body: `${'['.repeat(8_000)}${']'.repeat(8_000)}` }, 'body'],
  ['a header with half of a character', { headers: { 'x-name': '\ud83d [EVENT]' } }, 'headers.x-name'],
];

test.each(unfillable)('%s is rejected', async (_what, settings, field) => {
  const answer = await create(server, 'http://127.0.0.1:9/', { format: 'template', ...settings });
  expectProblem(answer, 422, 'invalid_value');
  expect(answer.json.errors).toMatchObject([{ field }]);
});

test('a template of an earlier version that cannot be filled skips its own deliveries', async () => {
  const receiver = await startReceiver();
  const { json } = await create(server, receiver.url, { format: 'template' });
  await server.database.query('update outgoing_webhook set body = $2 where webhook_id = $1', [
    json.id,
    unfillable[0]?.[1]['body'],
  ]);
  await server.createCall('unfillable');
  const read = async () =>
    (await server.api('GET', `/deliveries?webhook_id=${json.id}&status=skipped`)).json.items;
  await expect.poll(read).toHaveLength(1);
  expect((await read())[0].attempts[0].error).toContain('The template cannot be filled: ');
  expect(receiver.received).toEqual([]);
});
