/** Bodies that are made to cost much: from senders that are unknown, barred or valid, none holds up the others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { headOf, openSocket } from '../support/raw-http.ts';
import type { TestWebhook } from '../support/server.ts';
import { HonestSender, ProbedServer } from './probed-server.ts';

/** Nothing that a sender posts may block the event loop for longer (CPU time of its thread). */
const busyMsMax = 50;
const mebibyte = 1 << 20;
const isLong = process.env['ABUSE'] === 'long';

let probed: ProbedServer;
let folder: string;
let honest: TestWebhook;
const senders: Record<string, { key: string; status: number | null }> = {};

beforeAll(async () => {
  folder = await mkdtemp('/tmp/ringback-test-');
  probed = await ProbedServer.start(folder);
  const { server } = probed;
  honest = await server.createWebhook();
  const barred = await server.createWebhook('update_fields', { allowed_addresses: ['203.0.113.7'] });
  const limited = await server.createWebhook('update_fields', { rate_limit_per_minute: 1 });
  await server.post(limited, { call_log_id: 'CA1', reason: 'x' });
  const valid = await server.createWebhook();
  Object.assign(senders, {
    unknown: { key: 'rbk_wrong', status: 401 },
    barred: { key: barred.auth_key, status: 403 },
    limited: { key: limited.auth_key, status: 429 },
    valid: { key: valid.auth_key, status: null },
  });
  await server.createCall('CA1');
  await server.createCall('CA2');
  // What runs for the first time is compiled first.
  const warm = JSON.stringify(
    Array.from({ length: 2_000 }, (_, at) => ({ call_log_id: 'CA2', reason: `w${at}` })),
  );
  await post('valid', '/update-fields/batch', 'application/json', warm);
});

afterAll(async () => {
  await probed.stop();
  await rm(folder, { recursive: true, force: true });
});

async function post(sender: string, path: string, type: string, body: string | Buffer): Promise<number> {
  try {
    const { status } = await probed.server.request(path, {
      method: 'POST',
      headers: { 'x-auth-key': senders[sender]?.key ?? '', 'content-type': type },
      body: typeof body === 'string' ? Buffer.from(body) : body,
    });
    return status;
  } catch {
    return 0; // answered and cut off while the body was still being sent
  }
}

const size = 16 * mebibyte - 16;
const many = (text: string) => Buffer.alloc(size, text);
const wide = JSON.stringify({
  call_log_id: 'CA2',
  add: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'v'.repeat(20)])),
});
const bodies: [string, string, Buffer][] = [
  ['brackets alone', 'application/json', many('[')],
  [
    'lists without end',
    'application/json',
    Buffer.concat([Buffer.from('['), many('[],').subarray(0, size - 1)]),
  ],
  ['objects in objects', 'application/json', many('{"a":')],
  ['commas', 'application/json', Buffer.concat([Buffer.from('['), many(',')])],
  ['numbers', 'application/json', Buffer.concat([Buffer.from('[['), many('1,')])],
  ['exponents', 'application/json', Buffer.concat([Buffer.from('[['), many('1e9,')])],
  [
    'one long text',
    'application/json',
    Buffer.concat([Buffer.from('["'), many('é').subarray(0, size - 4), Buffer.from('"]')]),
  ],
  ['escapes', 'application/json', Buffer.concat([Buffer.from('["'), many('\\u0000').subarray(0, size - 4)])],
  ['line feeds', 'application/x-ndjson', many('\n')],
  ['short lines', 'application/x-ndjson', many('{}\n')],
  ['one line', 'application/x-ndjson', many('x')],
  [
    '10,000 large items',
    'application/json',
    Buffer.from(
      `[${Array(isLong ? 9_000 : 1_500)
        .fill(wide)
        .join(',')}]`,
    ),
  ],
  [
    'names that nobody knows',
    'application/x-ndjson',
    Buffer.from(
      `${JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`n${n}`, n])))}\n`.repeat(
        isLong ? 400 : 40,
      ),
    ),
  ],
];

/** What is rejected before it is read takes the same way, whatever it is. */
test.each(['unknown', 'barred', 'limited'])(
  'a sender that is %s is answered before its body is read, and blocks nobody',
  async (sender) => {
    const { status: expected } = senders[sender] ?? {};
    const { busyMs } = await probed.during(async () => {
      for (const [name, type, body] of bodies) {
        const status = await post(sender, '/update-fields/batch', type, body);
        expect([expected, 429, 0], name).toContain(status);
      }
    });
    expect(busyMs).toBeLessThan(busyMsMax);
  },
  60_000,
);

/** One of each way to block, in the short form. */
const briefly = ['brackets alone', 'lists without end', 'numbers', 'short lines', '10,000 large items'];

test('a valid sender of hostile bodies blocks no other', async (context) => {
  const busy: { name: string; busyMs: number; status: number }[] = [];
  for (const [name, type, body] of bodies.filter(([name]) => isLong || briefly.includes(name))) {
    let status = 0;
    const { busyMs } = await probed.during(async () => {
      status = await post('valid', '/update-fields/batch', type, body);
    });
    busy.push({ name, busyMs, status });
  }
  context.task.meta.summary = busy.map(({ name, busyMs }) => `${name} ${busyMs} ms`).join(', ');
  expect(busy.filter(({ busyMs, status }) => busyMs >= busyMsMax || status >= 500)).toEqual([]);
}, 120_000);

test('senders of large bodies with a wrong key take no memory and slow no other sender', async (context) => {
  const connections = isLong ? 500 : 60;
  const alone = new HonestSender(probed.server, honest, 'CA1');
  const { rssMb: before } = await probed.during(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  const { p99Ms: quietMs } = await alone.stop();
  const beside = new HonestSender(probed.server, honest, 'CA1');
  const chunk = Buffer.alloc(64 * 1024, '[');
  const { rssMb, busyMs } = await probed.during(async () => {
    const sockets = Array.from({ length: connections }, () => {
      const socket = openSocket(probed.server.url);
      socket.write(
        headOf('POST /update-fields/batch', {
          'x-auth-key': 'rbk_wrong',
          'content-type': 'application/json',
          'content-length': size,
        }),
      );
      for (let at = 0; at < 16; at += 1) socket.write(chunk);
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    for (const socket of sockets) socket.destroy();
  });
  const { p99Ms, count } = await beside.stop();
  context.task.meta.summary = `${connections} connections: ${rssMb - before} MB more, event loop busy for ${busyMs} ms at most; of ${count} honest postbacks the 99th percentile took ${p99Ms} ms (${quietMs} ms before)`;
  expect(beside.failures).toEqual([]);
  expect(rssMb - before).toBeLessThan(100);
});
