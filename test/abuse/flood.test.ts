/** Hostile requests from a barred, an unknown and a valid sender side by side, beside an honest one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HonestSender, ProbedServer } from './probed-server.ts';

const isLong = process.env['ABUSE'] === 'long';
const requests = isLong ? 100_000 : 1_200;
const connections = 48;
/** What runs for the first time is compiled first. */
const warmUpRequests = 400;

let probed: ProbedServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp('/tmp/ringback-test-');
  probed = await ProbedServer.start(folder);
});

afterAll(async () => {
  await probed.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Of 64 KiB at most: what takes longest to read. */
const bodies: [type: string, body: string][] = [
  ['application/json', '['.repeat(65_000)],
  ['application/json', '{"a":'.repeat(13_000)],
  ['application/json', `{${Array.from({ length: 5_000 }, (_, n) => `"n${n}":${n}`).join(',')}}`],
  [
    'application/json',
    JSON.stringify({
      call_log_id: 'CA2',
      add: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'v'.repeat(1_000)])),
    }),
  ],
  ['application/json', `{"reason":"${'\\u0000'.repeat(10_000)}"}`],
  ['application/x-www-form-urlencoded', 'a=1&'.repeat(16_000)],
  ['application/x-www-form-urlencoded', `add[]=${'%'.repeat(60_000)}`],
  ['application/x-www-form-urlencoded', `call_log_id=CA2&add=${'k:v,'.repeat(15_000)}`],
  ['text/plain', `"${'\\"'.repeat(30_000)}"`],
  ['application/xml', '<a>'.repeat(20_000)],
  [
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(1_200),
  ],
  ['application/json', `{"phone_number":"${'+'.repeat(60_000)}"}`],
];

test(`${requests} hostile requests stop no sender, and keep no memory`, async (context) => {
  const { server } = probed;
  const honest = await server.createWebhook();
  const valid = await server.createWebhook();
  const barred = await server.createWebhook('update_fields', { allowed_addresses: ['203.0.113.7'] });
  await server.createCall('CA1');
  await server.createCall('CA2');
  const quiet = new HonestSender(server, honest, 'CA1');
  const before = await probed.during(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  const { p99Ms: quietMs } = await quiet.stop();

  const keys = [valid.auth_key, barred.auth_key, 'rbk_unknown'];
  const statuses = new Map<number, number>();
  let sent = 0;
  const flood = async (end = requests) => {
    for (let at = sent; at < end; at = sent) {
      sent += 1;
      const [type, body] = bodies[at % bodies.length] ?? ['', ''];
      const headers = { 'x-auth-key': keys[at % keys.length] ?? '', 'content-type': type };
      const { status } = await server
        .request('/update-fields', { method: 'POST', headers, body: Buffer.from(body) })
        .catch(() => ({ status: 0 })); // cut off while it was being sent
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, () => flood(warmUpRequests)));
  const beside = new HonestSender(server, honest, 'CA1');
  const probe = await probed.during(() => Promise.all(Array.from({ length: connections }, () => flood())));
  const { p99Ms, count } = await beside.stop();
  context.task.meta.summary = `event loop busy for ${probe.busyMs} ms at most; ${probe.rssMb} MB resident at most, ${before.rssMb} before; of ${count} honest postbacks the 99th percentile took ${p99Ms} ms, ${quietMs} alone; statuses ${[
    ...statuses,
  ]
    .sort()
    .map((pair) => pair.join(': '))
    .join(', ')}`;
  expect(beside.failures).toEqual([]);
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect(count).toBeGreaterThan(0);
  // The short form ends before the code is compiled for good.
  expect(probe.busyMs).toBeLessThan(isLong ? 50 : 100);
  expect(probe.rssMb).toBeLessThan(600);
}, 3_600_000);
