/** Hostile requests from a barred, an unknown and a valid sender side by side, beside an honest one. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { HonestSender } from './honest-sender.ts';
import { ProbedServer } from './probed-server.ts';

const isLong = process.env['ABUSE'] === 'long';
const requests = isLong ? 100_000 : 1_200;
const connections = 48;
/** What runs for the first time is compiled first. */
const warmUpRequests = 400;
const postbacksAlone = 100;

let probed: ProbedServer;
let folder: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  probed = await ProbedServer.start(folder);
});

afterAll(async () => {
  await probed.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every eighth has what takes longest to read: 64 KiB. Most attackers save their own bandwidth. */
const largeEvery = 8;
const bodies: [type: string, makeBody: (bytes: number) => string][] = [
  ['application/json', (bytes) => '['.repeat(bytes)],
  ['application/json', (bytes) => '{"a":'.repeat(bytes / 5)],
  [
    'application/json',
    (bytes) => `{${Array.from({ length: bytes / 13 }, (_, n) => `"n${n}":${n}`).join(',')}}`,
  ],
  [
    'application/json',
    (bytes) =>
      JSON.stringify({
        call_log_id: 'CA2',
        add: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'v'.repeat(bytes / 65)])),
      }),
  ],
  ['application/json', (bytes) => `{"reason":"${'\\u0000'.repeat(bytes / 7)}"}`],
  ['application/x-www-form-urlencoded', (bytes) => 'a=1&'.repeat(bytes / 4)],
  ['application/x-www-form-urlencoded', (bytes) => `add[]=${'%'.repeat(bytes - 6)}`],
  ['application/x-www-form-urlencoded', (bytes) => `call_log_id=CA2&add=${'k:v,'.repeat(bytes / 5)}`],
  ['text/plain', (bytes) => `"${'\\"'.repeat(bytes / 3)}"`],
  ['application/xml', (bytes) => '<a>'.repeat(bytes / 3)],
  [
    'multipart/form-data; boundary=x',
    (bytes) => '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(bytes / 54),
  ],
  ['application/json', (bytes) => `{"phone_number":"${'+'.repeat(bytes - 19)}"}`],
];
const sizes = [64_000, 1_000].map((bytes) =>
  bodies.map(([type, makeBody]) => ({ type, body: Buffer.from(makeBody(bytes)) })),
);

function hostileRequest(at: number) {
  const ofSize = sizes[at % largeEvery === 0 ? 0 : 1] ?? [];
  return ofSize[Math.floor(at / largeEvery) % ofSize.length] ?? { type: '', body: Buffer.alloc(0) };
}

test(`${requests} hostile requests stop no sender, and keep no memory`, async (context) => {
  const { server } = probed;
  const honest = await server.createWebhook();
  const valid = await server.createWebhook();
  const barred = await server.createWebhook('update_fields', { allowed_addresses: ['203.0.113.7'] });
  await server.createCall('CA1');
  await server.createCall('CA2');
  const sender = await HonestSender.start(server, honest, 'CA1');
  const alone = await sender.sendBeside((sent) => sent(postbacksAlone));

  const keys = [valid.auth_key, barred.auth_key, 'rbk_unknown'];
  const statuses = new Map<number, number>();
  let sent = 0;
  const flood = async (end = requests) => {
    for (let at = sent; at < end; at = sent) {
      sent += 1;
      const { type, body } = hostileRequest(at);
      const headers = { 'x-auth-key': keys[at % keys.length] ?? '', 'content-type': type };
      const { status } = await server
        .request('/update-fields', { method: 'POST', headers, body })
        .catch(() => ({ status: 0 })); // cut off while it was being sent
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, () => flood(warmUpRequests)));
  let beside = { count: 0, p99Ms: 0 };
  const probe = await probed.during(async () => {
    beside = await sender.sendBeside(() => Promise.all(Array.from({ length: connections }, () => flood())));
  });
  await sender.stop();
  context.task.meta.summary = `event loop busy for ${probe.busyMs} ms at most, its delay ${probe.delayMs} ms at the 99th percentile and ${probe.delayMsMax} ms at most by the clock; ${probe.rssMb} MB resident at most; of ${beside.count} honest postbacks the 99th percentile took ${beside.p99Ms} ms, ${alone.p99Ms} ms alone; statuses ${[
    ...statuses,
  ]
    .sort()
    .map((pair) => pair.join(': '))
    .join(', ')}`;
  expect(sender.failures).toEqual([]);
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect(beside.count).toBeGreaterThan(0);
  // The short form ends before the code is compiled for good.
  expect(probe.busyMs).toBeLessThan(isLong ? 50 : 100);
  expect(probe.rssMb).toBeLessThan(600);
}, 3_600_000);
