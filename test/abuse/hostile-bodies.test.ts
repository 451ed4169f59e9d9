/** Bodies that are made to cost much: from senders that are unknown, barred or valid, none holds up the others. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { HonestSender, type Measured } from './honest-sender.ts';
import { ProbedServer } from './probed-server.ts';
import { WrongKeyAttack } from './wrong-key-attack.ts';

/** Nothing that a sender posts may block the event loop for longer (CPU time of its thread). */
const busyMsMax = 50;
const mebibyte = 1 << 20;
const isLong = process.env['ABUSE'] === 'long';

let probed: ProbedServer;
let folder: string;
let honest: HonestSender;
/** how many postbacks of the honest sender are measured */
const postbacksBeside = isLong ? 300 : 100;
/** Of the scheduler: one that is lost is more than a fast postback takes. */
const tickMs = 10;
const senders: Record<string, { key: string; status: number | null }> = {};

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  probed = await ProbedServer.start(folder);
  const { server } = probed;
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
  honest = await HonestSender.start(server, await server.createWebhook(), 'CA1');
  // What runs for the first time is compiled first.
  const warm = JSON.stringify(
    Array.from({ length: 2_000 }, (_, at) => ({ call_log_id: 'CA2', reason: `w${at}` })),
  );
  await post('valid', '/update-fields/batch', 'application/json', warm);
});

afterAll(async () => {
  await honest.stop();
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
    'unknown names',
    'application/x-ndjson',
    Buffer.from(
      `${JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`n${n}`, n])))}\n`.repeat(
        isLong ? 400 : 40,
      ),
    ),
  ],
];

/** The 99th percentiles of an honest sender: alone, beside the attack on another server, and beside the attack on this one. */
type Round = { quiet: Measured; control: Measured; attacked: Measured };

// The first one: memory that others have used before would hide what this takes.
test('senders of large bodies with a wrong key take no memory and slow no other sender', async (context) => {
  const connections = isLong ? 500 : 60;
  const { rssMb } = await probed.during(() => Promise.resolve());
  const statuses = new Set<string>();
  const rounds: Round[] = [];
  const probe = await probed.during(async () => {
    while (rounds.length < (isLong ? 3 : 1)) {
      const quiet = await honest.sendBeside((sent) => sent(postbacksBeside));
      const control = await measureBesideDecoy(connections);
      const attack = new WrongKeyAttack(probed.server.url, connections);
      rounds.push({ quiet, control, attacked: await measureBeside(attack) });
      for (const status of attack.statuses.keys()) statuses.add(status);
    }
  });
  const mebibytes = probe.rssMb - rssMb;
  const p99Of = (name: keyof Round) => median(rounds.map((round) => round[name].p99Ms));
  const [quiet, control, attacked] = [p99Of('quiet'), p99Of('control'), p99Of('attacked')];
  context.task.meta.summary = `${connections} connections: ${mebibytes} MB more, event loop busy for ${probe.busyMs} ms at most, its delay ${probe.delayMs} ms at the 99th percentile and ${probe.delayMsMax} ms at most by the clock; the 99th percentile of ${postbacksBeside} honest postbacks was ${attacked} ms, ${control} ms while another server was attacked, ${quiet} ms without an attack (medians of ${rounds.length})`;
  expect(honest.failures).toEqual([]);
  expect(statuses).toContain('401');
  expect([...statuses].filter((status) => status !== '401' && status !== '429')).toEqual([]);
  expect(mebibytes).toBeLessThan(100);
  if (isLong) expect(attacked).toBeLessThanOrEqual(2 * Math.max(control, quiet) + tickMs);
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const triesMax = 3;

/**
 * How long the event loop was busy with one thing, at least in one of the tries: what blocks it does so in each, and other programs of
 * this machine, which share its caches with it, slow one.
 */
async function measureBusyMs(work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < triesMax && least >= busyMsMax; tries += 1)
    least = Math.min(least, (await probed.during(work)).busyMs);
  return least;
}

/** What is rejected before it is read takes the same way, whatever it is. */
test.each(['unknown', 'barred', 'limited'])(
  'a sender that is %s is answered before its body is read, and blocks no other request',
  async (sender) => {
    const { status: expected } = senders[sender] ?? {};
    const busyMs = await measureBusyMs(async () => {
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
    const busyMs = await measureBusyMs(async () => {
      status = Math.max(status, await post('valid', '/update-fields/batch', type, body));
    });
    busy.push({ name, busyMs, status });
  }
  context.task.meta.summary = busy.map(({ name, busyMs }) => `${name} ${busyMs} ms`).join(', ');
  expect(busy.filter(({ busyMs, status }) => busyMs >= busyMsMax || status >= 500)).toEqual([]);
}, 120_000);

/** Beside the attack on another server of this machine: programs that share it slow each other. */
async function measureBesideDecoy(connections: number): Promise<Measured> {
  const decoy = new Worker(new URL('decoy-worker.ts', import.meta.url));
  const [url] = await once(decoy, 'message');
  const measured = await measureBeside(new WrongKeyAttack(url, connections));
  await decoy.terminate();
  return measured;
}

async function measureBeside(attack: WrongKeyAttack): Promise<Measured> {
  const measured = await honest.sendBeside((sent) => sent(postbacksBeside));
  attack.end();
  return measured;
}
