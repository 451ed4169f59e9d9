/** Every operation of the OpenAPI document, with generated requests: no 5xx, no hang, no growth of memory. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { TestServer } from '../support/server.ts';
import { makeDataDir } from '../support/server-process.ts';
import { type FuzzRequest, type Paths, requestsOf, type World } from './requests.ts';

/** `npm run test:fuzz` sends a million; FUZZ_SEED repeats a run, or goes on with one: its seed and cases, added up. */
const cases = Number(process.env['FUZZ_CASES'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const chunkSize = 1_000;
const atOnce = 32;
const answerMsMax = 20_000;
const failuresMax = 5;
/** Design: the app stays below it whatever is sent. Beside it, the heap may not grow from the middle on. */
const rssMbMax = 500;

type Failure = { status: number; answer: string; request: FuzzRequest };

async function makeWorld(server: TestServer): Promise<World> {
  const keys: Record<string, string> = {};
  for (const type of ['update_fields', 'update_revenue', 'update_tags']) {
    keys[type.replace('_', '-')] = (await server.createWebhook(type)).auth_key;
  }
  const victims = await Promise.all(Array.from({ length: 5 }, () => server.createWebhook()));
  const calls = Array.from({ length: 200 }, (_, at) => `fuzz ${at}`);
  for (const [at, id] of calls.entries()) {
    const phone_number = `+1212555${String(at % 50).padStart(4, '0')}`;
    await server.createCall(id, { phone_number, state: at % 4 === 0 ? 'live' : 'completed' });
  }
  const sender = await server.createWebhook();
  const postbacks: string[] = [];
  for (const call_log_id of calls.slice(0, 5)) {
    postbacks.push((await server.post(sender, { call_log_id, reason: 'x' })).json.postback_id);
  }
  const values: [RegExp, string[]][] = [
    [/_at$|^from$|^to$/, ['2026-11-20T10:00:00Z', '2026-11-24T10:00:00+01:00', '1763632800']],
    [/revenue|paid_out|amount/, ['0', '12.5', '99999999.9999']],
    [/webhook/, victims.map(({ id }) => id)],
    [/postback|replay/, postbacks],
    [/call/, calls],
    [/phone|tracking/, ['+12125550001', '(212) 555-0002', '2125550003']],
    [/converted|dry_run|held|atomic/, ['true', 'no', '1']],
    [/no_payout/, ['Caps exceeded', 'condition_not_met', '']],
    [/transaction/, ['t1', 't2', 't3', 't4']],
    [/time_zone/, ['UTC', 'Europe/Madrid']],
    [/country/, ['US', 'ES']],
    [/address/, ['127.0.0.0/8', '2001:db8::/32']],
    [/add|remove|tag/, ['deal:won', 'lead', 'a=b']],
    [/return/, ['json', 'gif', 'text', 'none']],
  ];
  const known = (name: string) => values.find(([pattern]) => pattern.test(name))?.[1] ?? [];
  return { token: server.token, keys, known };
}

/**
 * The status, and the answer where it is a fault. An endless answer is heard to its head; any other must have ended in time,
 * not only go on.
 */
function send(
  url: string,
  agent: Agent,
  { method, path, headers, body }: FuzzRequest,
): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url + path, { method, headers, agent }, (response) => {
      const status = response.statusCode ?? 0;
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        response.destroy();
        return resolve({ status, answer: '' });
      }
      let answer = '';
      response.on('data', (data: Buffer) => {
        if (status >= 500) answer += data;
      });
      response.on('end', () => resolve({ status, answer }));
      response.on('error', reject);
    });
    const deadline = setTimeout(
      () => asked.destroy(new Error(`no answer within ${answerMsMax} ms`)),
      answerMsMax,
    );
    asked.on('close', () => clearTimeout(deadline));
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
}

async function readMemory(pid: number, server: TestServer): Promise<{ rssMb: number; heapMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const { text } = await server.request('/metrics');
  const heap = /^nodejs_heap_size_used_bytes ([\d.e+]+)/m.exec(text)?.[1];
  return { rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024, heapMb: Number(heap) / 2 ** 20 };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

test(`${cases} generated requests to every operation are answered, and none with a 5xx (seed ${seed})`, {
  timeout: 60_000 + cases * 20,
}, async ({ task }) => {
  const database = await createTestDatabase();
  const { start } = await makeDataDir({ DATABASE_URL: database.url });
  const app = start();
  const server = await app.listening;
  const validator = new Validator();
  await validator.validate((await server.request('/openapi.json')).json);
  const { paths } = validator.resolveRefs() as { paths: Paths }; // what was just validated
  const requests = requestsOf(paths, await makeWorld(server));
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const failures: Failure[] = [];
  const statuses = new Map<number, number>();
  const operations = new Set<string>();
  const slowest = { operation: '', ms: 0 };
  const memory: { rssMb: number; heapMb: number }[] = [];
  for (let done = 0; done < cases && failures.length < failuresMax; done += chunkSize) {
    const chunk = fc.sample(requests, { seed: seed + done, numRuns: Math.min(chunkSize, cases - done) });
    const rest = chunk.values();
    const work = async () => {
      for (const one of rest) {
        if (failures.length >= failuresMax) return;
        const startMs = performance.now();
        const { status, answer } = await send(server.url, agent, one).catch((error: Error) => ({
          status: 0,
          answer: error.message,
        }));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        operations.add(one.operation);
        const ms = performance.now() - startMs;
        if (ms > slowest.ms) Object.assign(slowest, { operation: one.operation, ms });
        if (status >= 500 || status === 0) failures.push({ status, answer, request: one });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    memory.push(await readMemory(app.running.pid, server));
  }
  agent.destroy();
  const told = failures.map(({ status, answer, request: { body, ...one } }) =>
    JSON.stringify({ status, answer: answer.slice(0, 500), ...one, body: body?.toString() }),
  );
  expect(told.join('\n')).toBe('');
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  // The rare ones among them come once in a thousand.
  if (cases >= 20_000) expect(described.filter((one) => !operations.has(one))).toEqual([]);
  const third = Math.ceil(memory.length / 3);
  const heapMb = [memory.slice(third, 2 * third), memory.slice(-third)].map((part) =>
    median(part.map((one) => one.heapMb)),
  );
  const rssMb = Math.max(...memory.map((one) => one.rssMb));
  task.meta.summary = `${cases} requests to ${operations.size} operations, seed ${seed}: ${[...statuses]
    .sort()
    .map((pair) => pair.join(' × '))
    .join(
      ', ',
    )}; heap ${heapMb.map(Math.round).join(' → ')} MB, at most ${Math.round(rssMb)} MB resident; the slowest answer took ${Math.round(slowest.ms)} ms (${slowest.operation})`;
  expect(rssMb).toBeLessThan(rssMbMax);
  if (cases > 100_000) expect(heapMb[1]).toBeLessThan((heapMb[0] ?? 0) * 1.3 + 20);
  expect((await server.request('/readyz')).status).toBe(200);
  expect(await app.end('SIGTERM')).toMatchObject({ code: 0 });
  await database.drop();
});
