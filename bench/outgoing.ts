/**
 * node bench/outgoing.ts [--rate 1000] [--seconds 20] [--calls 2000]
 *
 * Events to a receiver on this machine beside the postbacks that cause them: each postback changes the revenue of a call,
 * which is one event. Server, database, receiver and sender share the cores.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';

type Received = { events: number; delaysMs: number[]; firstAt: number; lastAt: number };

const isReceiver = process.argv.includes('--receiver');
if (isReceiver) receive();
else await run();

/** Counts events, and how long after their postback they came. */
function receive(): void {
  const received: Received = { events: 0, delaysMs: [], firstAt: 0, lastAt: 0 };
  const ids = new Set<string>();
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const { id, at } = JSON.parse(body) as { id: string; at: string };
      if (!ids.has(id)) received.events += 1;
      ids.add(id);
      received.lastAt = Date.now();
      received.firstAt ||= received.lastAt;
      received.delaysMs.push(received.lastAt - Date.parse(at));
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on('message', () => process.send?.(received));
}

async function run(): Promise<void> {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      rate: { ...number, default: '1000' },
      seconds: { ...number, default: '20' },
      calls: { ...number, default: '2000' },
    },
  });
  const [rate, seconds, calls] = [Number(values.rate), Number(values.seconds), Number(values.calls)];
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
  const receiver = fork(import.meta.filename, ['--receiver']);
  const [{ port }] = await once(receiver, 'message');
  const token = 'bench-admin-token-0001';
  const server = spawn(process.execPath, ['--max-semi-space-size=16', 'src/main.ts', 'start'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...{ PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, ADMIN_TOKEN: token, LOG_LEVEL: 'warn' },
      OUTGOING_ALLOWED_NETWORKS: '127.0.0.0/8',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let url = '';
    for await (const line of createInterface({ input: server.stdout })) {
      url = /listening on (http:\S+)/.exec(line)?.[1] ?? '';
      if (url !== '') break;
    }
    server.stdout.resume();
    const agent = new Agent({ connections: 64 });
    const post = async (path: string, headers: Record<string, string>, body: object) => {
      const answer = await request(url + path, {
        ...{ method: 'POST', dispatcher: agent, body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json', ...headers },
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(text);
      return JSON.parse(text);
    };
    const bearer = { authorization: `Bearer ${token}` };
    for (let at = 0; at < calls; at += 50) {
      const some = Array.from({ length: Math.min(50, calls - at) }, (_one, n) => `c${at + n}`);
      await Promise.all(
        some.map((id) => post('/api/v1/calls', bearer, { call_log_id: id, state: 'completed' })),
      );
    }
    const { auth_key: key } = await post('/api/v1/webhooks/incoming', bearer, {
      ...{ name: 'bench', type: 'update_revenue' },
    });
    await post('/api/v1/webhooks/outgoing', bearer, {
      ...{ name: 'bench', url: `http://127.0.0.1:${port}/`, events: ['call.revenue_changed'] },
    });

    const start = performance.now();
    const took: number[] = [];
    let sent = 0;
    const total = rate * seconds;
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        while (sent < total) {
          const n = sent++;
          const wait = (n / rate) * 1_000 - (performance.now() - start);
          if (wait > 0) await sleep(wait);
          const sentAt = performance.now();
          await post(
            '/update-revenue',
            { 'x-auth-key': key },
            { call_log_id: `c${n % calls}`, revenue: n + 1 },
          );
          took.push(performance.now() - sentAt);
        }
      }),
    );
    const loadSeconds = (performance.now() - start) / 1_000;
    const read = async (): Promise<Received> => {
      receiver.send('read');
      return (await once(receiver, 'message'))[0];
    };
    let received = await read();
    for (let tries = 0; received.events < total && tries < 300; tries += 1) {
      await sleep(100);
      received = await read();
    }
    const eventSeconds = (received.lastAt - received.firstAt) / 1_000;
    console.table({
      postbacks: { count: total, 'per second': Math.round(total / loadSeconds), ...quantiles(took) },
      events: {
        count: received.events,
        'per second': Math.round(received.events / eventSeconds),
        ...quantiles(received.delaysMs),
      },
    });
    if (received.events !== total) throw new Error(`${total - received.events} events are missing`);
  } finally {
    receiver.kill();
    server.kill('SIGTERM');
    await once(server, 'exit');
    await rm(dataDir, { recursive: true, force: true });
  }
}

function quantiles(all: number[]) {
  const sorted = all.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
}
