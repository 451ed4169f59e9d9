/** `npm start` with its own PostgreSQL in a temporary folder, for benches of what the server does beside postbacks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

const token = 'bench-admin-token-0001';

export type OwnServer = {
  /** @throws for any response but a 2xx */
  // biome-ignore lint/suspicious/noExplicitAny: responses of every shape
  post(path: string, body: object, headers?: Record<string, string>): Promise<any>;
};

export async function withOwnServer(run: (server: OwnServer) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
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
    const dispatcher = new Agent({ connections: 80, headersTimeout: 0, bodyTimeout: 0 });
    await run({
      post: async (path, body, headers = { authorization: `Bearer ${token}` }) => {
        const answer = await request(url + path, {
          ...{ method: 'POST', dispatcher, body: JSON.stringify(body) },
          headers: { 'content-type': 'application/json', ...headers },
        });
        const text = await answer.body.text();
        if (answer.statusCode >= 300) throw new Error(text);
        return JSON.parse(text);
      },
    });
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Completed calls `c0`, `c1`, … */
export async function createCalls({ post }: OwnServer, count: number): Promise<void> {
  for (let at = 0; at < count; at += 50) {
    const some = Array.from({ length: Math.min(50, count - at) }, (_one, n) => `c${at + n}`);
    await Promise.all(some.map((id) => post('/api/v1/calls', { call_log_id: id, state: 'completed' })));
  }
}

/** @returns how long each took in ms, from 64 connections at `rate` a second, until `isOver` */
export async function sendAtRate(
  rate: number,
  isOver: (sent: number) => boolean,
  send: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const start = performance.now();
  const tookMs: number[] = [];
  let sent = 0;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (!isOver(sent)) {
        const n = sent++;
        const wait = (n / rate) * 1_000 - (performance.now() - start);
        if (wait > 0) await sleep(wait);
        const sentAt = performance.now();
        await send(n);
        tookMs.push(performance.now() - sentAt);
      }
    }),
  );
  return tookMs;
}

export function quantiles(all: number[]) {
  const sorted = all.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': Math.round(sorted.at(-1) ?? 0) };
}
