/** Much of everything: connections, slow senders, headers, bodies. Neighbours go on, and memory stays bounded. */
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { headOf, openSocket, readAnswer, sendRaw } from '../support/requests/raw-http.ts';
import type { TestServer, TestWebhook } from '../support/server.ts';
import { ServerProcess } from '../support/server-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** How much memory the app may take in all of this. */
const rssMbMax = 600;
const isLong = process.env['ABUSE'] === 'long';

let database: TestDatabase;
let dataDir: string;
let app: ServerProcess;
let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await makeTemporaryFolder();
  app = new ServerProcess(dataDir, [], { DATABASE_URL: database.url });
  server = await app.listening;
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

afterAll(async () => {
  expect(await readRssMb()).toBeLessThan(rssMbMax);
  await app.end('SIGTERM');
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

async function readRssMb(): Promise<number> {
  const status = await readFile(`/proc/${app.running.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

/** An honest sender beside all this. */
async function expectServed(): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: 'x' }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
}

/** As many as this process may have open, 10,000 at most: `ulimit -n` decides. */
async function connectionsMax(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const soft = Number(/Max open files\s+(\d+)/.exec(limits)?.[1]);
  return Math.min(10_000, soft - 500);
}

test('10,000 idle connections, as far as this machine allows them, are held while others are served', async ({
  task,
}) => {
  const count = await connectionsMax();
  const { hostname, port } = new URL(server.url);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const more = Array.from({ length: Math.min(500, count - sockets.length) }, () =>
      connect({ host: hostname, port: Number(port) }).on('error', () => {}),
    );
    sockets.push(...more);
    await Promise.all(more.map((socket) => once(socket, 'connect')));
  }
  await expectServed();
  task.meta.summary = `${count} idle connections, ${Math.round(await readRssMb())} MB resident`;
  expect(sockets.filter(({ destroyed }) => !destroyed).length).toBe(count);
  for (const socket of sockets) socket.destroy();
  await expectServed();
});

test('senders that begin a request and stop delay no other, and in the long form are disconnected', async () => {
  const slow = Array.from({ length: 300 }, (_, at) => {
    const socket = openSocket(server.url);
    const head = headOf('POST /update-fields', { 'x-auth-key': webhook.auth_key, 'content-length': 1_000 });
    socket.write(at % 2 === 0 ? head : head.slice(0, 60));
    return socket;
  });
  await expectServed();
  if (!isLong) {
    for (const socket of slow) socket.destroy();
    return; // the time-out takes 20 s; hostile-http.test.ts waits for it
  }
  const answers = await Promise.all(slow.map((socket) => readAnswer(socket, 90_000)));
  expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([408]));
  await expectServed();
}, 120_000);

test('headers without end are cut off with 431', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = openSocket(server.url);
      socket.write('GET /update-fields HTTP/1.1\r\nhost: localhost\r\n');
      for (let at = 0; at < 2_000 && !socket.destroyed; at += 1)
        socket.write(`x-${at}: ${'y'.repeat(100)}\r\n`);
      return readAnswer(socket, 30_000).catch(() => null);
    }),
  );
  // Who still writes when the server closes may lose the answer with the connection.
  for (const answer of answers) expect([431, undefined]).toContain(answer?.status);
  await expectServed();
});

const bomb = Buffer.alloc(64 << 20, '{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}');

test.each([
  ['gzip', gzipSync(bomb)],
  ['deflate', deflateSync(bomb)],
  ['br', brotliCompressSync(bomb.subarray(0, 8 << 20))],
])(
  'a compressed bomb (%s) is rejected unopened by every route that takes a body',
  async (encoding, bytes) => {
    const paths = await readBodyPaths();
    expect(paths.length).toBeGreaterThan(10);
    const before = await readRssMb();
    for (const { method, path } of paths) {
      const answer = await server.request(path, {
        method,
        headers: { ...opening(path), 'content-encoding': encoding, 'content-type': 'application/json' },
        body: bytes.subarray(0, 60_000),
      });
      expect(answer.status, `${method} ${path} ${answer.text}`).toBeGreaterThanOrEqual(400);
      expect(answer.status, `${method} ${path} ${answer.text}`).toBeLessThan(500);
    }
    expect((await readRssMb()) - before).toBeLessThan(200);
    await expectServed();
  },
);

test('a body beyond every limit is rejected by every route that takes one', async () => {
  const large = Buffer.alloc(17 << 20, ' ');
  for (const { method, path } of await readBodyPaths()) {
    const answer = await sendRaw(
      server.url,
      headOf(`${method} ${path}`, {
        ...opening(path),
        'content-type': 'application/json',
        'content-length': large.length,
      }),
    );
    expect(answer?.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    expect(answer?.status, `${method} ${path}`).toBeLessThan(500);
  }
  await expectServed();
});

function opening(path: string): Record<string, string> {
  return path.startsWith('/api/')
    ? { authorization: `Bearer ${server.token}` }
    : { 'x-auth-key': webhook.auth_key };
}

async function readBodyPaths(): Promise<{ method: string; path: string }[]> {
  const { paths } = (await server.request('/openapi.json')).json;
  return Object.entries(paths as Record<string, Record<string, { requestBody?: object }>>) // as the document is
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { requestBody }]) => requestBody !== undefined)
        .map(([method]) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, 'CA1') })),
    );
}
