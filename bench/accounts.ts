/**
 * node bench/accounts.ts --server NAME=URL[,WORKER-URL…] [--server …] [--accounts 1,2,4] [--connections 64] [--seconds 5]
 *   [--rounds 3] [--calls 20000]
 *
 * Single postbacks for several accounts at once, on PostgreSQL servers that run on this machine, side by side: a plain one is
 * NAME=URL of a superuser; Citus is its coordinator, and behind it its workers. Each gets a separate database, which goes at
 * the end, with the accounts spread evenly over the workers, and a separate Ringback process.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { hashSecret, makeSecret } from '../src/core/access/secret.ts';
import { createAccount } from '../src/store/access/accounts.ts';
import { migrate } from '../src/store/database/migrate.ts';
import { makeCitusDatabase, workerPortOf } from '../test/support/database/citus.ts';
import { runOn, withDatabase } from '../test/support/database/databases.ts';
import { contestants } from './contestants.ts';
import { createEndpoint, type Endpoint, loadCalls } from './database.ts';
import { answerHelp } from './help.ts';
import { median } from './report.ts';
import { type Running, startContestant } from './running.ts';
import { readUsage } from './usage.ts';

answerHelp(import.meta.filename);

const { values } = parseArgs({
  options: {
    server: { type: 'string', multiple: true },
    accounts: { type: 'string', default: '1,2,4' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    calls: { type: 'string', default: '20000' },
  },
});
const accountCounts = values.accounts.split(',').map(Number);
const [connections, seconds] = [Number(values.connections), Number(values.seconds)];
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];

type Node = { title: string; pid: number };
type Server = {
  name: string;
  pool: pg.Pool;
  running: Running;
  nodes: Node[];
  /** one for each account */
  endpoints: Endpoint[];
  stop(): Promise<void>;
};

/** CPU in microseconds for each postback. */
type Round = { perSecond: number; p50Ms: number; p99Ms: number; micros: Record<string, number> };

const servers: Server[] = [];
try {
  for (const text of values.server ?? []) servers.push(await startServer(text));
  const measured = new Map<string, Round[]>();
  for (const count of accountCounts) {
    for (let number = 0; number <= rounds; number += 1) {
      for (const server of number % 2 === 0 ? servers : servers.toReversed()) {
        const round = await measure(server, server.endpoints.slice(0, count));
        if (number === 0) {
          await server.pool.query('analyze'); // without statistics, plans are others until autovacuum has come
          continue; // warm-up
        }
        const key = `${server.name}, ${count}`;
        measured.set(key, [...(measured.get(key) ?? []), round]);
        console.log(`${key} accounts, round ${number}: ${Math.round(round.perSecond)}/s`);
      }
    }
  }
  report(measured);
} finally {
  for (const server of servers) await server.stop();
}

async function startServer(text: string): Promise<Server> {
  const [name = '', urls = ''] = text.split(/=(.*)/s);
  const [serverUrl = '', ...workers] = urls.split(',');
  const database = `ringback_bench_${randomUUID().replaceAll('-', '')}`;
  const url = withDatabase(serverUrl, database);
  if (workers.length > 0) await makeCitusDatabase(serverUrl, workers, database);
  else {
    await runOn(serverUrl, `create database ${database} template template0 encoding 'UTF8'`);
    await migrate(url);
  }
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => {}); // its server stops
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
  const endpoints: Endpoint[] = [];
  for (let at = 0; at < Math.max(...accountCounts); at += 1) {
    const accountId = await createAccountOn(pool, workers[at % workers.length]);
    await loadCalls({ pool, accountId }, calls);
    endpoints.push(await createEndpoint({ url, accountId }, `account ${at}`));
  }
  const [contestant, endpoint] = [contestants.find((one) => one.name === 'ringback'), endpoints[0]];
  if (contestant === undefined || endpoint === undefined) throw new Error('nothing to measure');
  const running = await startContestant(contestant, { url }, endpoint, dataDir, []);
  const titles =
    workers.length === 0 ? ['database'] : ['coordinator', ...workers.map((_, at) => `worker ${at + 1}`)];
  const nodes = await Promise.all(
    [serverUrl, ...workers].map(async (node, at) => ({
      title: titles[at] ?? '',
      pid: await postmasterOf(node),
    })),
  );
  const stop = async () => {
    await running.stop();
    await pool.end();
    for (const node of [serverUrl, ...workers])
      await runOn(withDatabase(node, 'postgres'), `drop database if exists ${database} with (force)`);
    await rm(dataDir, { recursive: true, force: true });
  };
  return { name, pool, running, nodes, endpoints, stop };
}

/** An account that is on this worker; anywhere on a plain PostgreSQL. */
async function createAccountOn(pool: pg.Pool, worker: string | undefined): Promise<string> {
  for (;;) {
    const hash = hashSecret(makeSecret('rbt'));
    const accountId = await createAccount(pool, 'Bench', hash, new Date().toISOString());
    const query = async (sql: string, given: string[]) => (await pool.query(sql, given)).rows;
    if (worker === undefined || (await workerPortOf(query, accountId)) === Number(new URL(worker).port))
      return accountId;
  }
}

/** The process that all sessions of a server on this machine descend from. */
async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8');
  await client.end();
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @throws where the log does not have a row for each 2xx, and no other */
async function measure(server: Server, endpoints: Endpoint[]): Promise<Round> {
  const { running, nodes } = server;
  const processes = [{ title: 'app', pid: running.pid }, ...nodes];
  const cpuSeconds = () => processes.map(({ pid }) => readUsage(pid, 'shared').cpuSeconds);
  const [logged, before] = [await countLogged(server), cpuSeconds()];
  const runId = `${server.name}-${randomUUID()}`;
  const authKeys = endpoints.map(({ authKey }) => authKey);
  const result = await running.run({ calls, connections, seconds, runId, authKeys });
  const after = cpuSeconds();
  const rows = (await countLogged(server)) - logged;
  if (rows !== result.accepted || Object.keys(result.rejected).length > 0)
    throw new Error(`${rows} rows for ${result.accepted} 2xx; rejected: ${JSON.stringify(result.rejected)}`);
  const micros = processes.map(({ title }, at) => {
    const used = (after[at] ?? 0) - (before[at] ?? 0);
    return [title, (used * 1e6) / result.accepted] as const;
  });
  const { p50Ms, p99Ms } = result;
  return { perSecond: result.answered / result.seconds, p50Ms, p99Ms, micros: Object.fromEntries(micros) };
}

async function countLogged({ pool }: Server): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) from postback');
  return Number(rows[0]?.count);
}

function report(measured: Map<string, Round[]>): void {
  const table: Record<string, Record<string, number>> = {};
  for (const [key, all] of measured) {
    const of = (pick: (round: Round) => number) => Math.round(median(all.map(pick)));
    const titles = Object.keys(all[0]?.micros ?? {});
    table[key] = {
      'postbacks/s': of(({ perSecond }) => perSecond),
      'p50 ms': of(({ p50Ms }) => p50Ms),
      'p99 ms': of(({ p99Ms }) => p99Ms),
      ...Object.fromEntries(titles.map((title) => [`${title} µs`, of(({ micros }) => micros[title] ?? 0)])),
    };
  }
  console.table(table);
  const [first, ...others] = servers;
  for (const count of accountCounts) {
    for (const { name } of others) {
      const [one, against] = [measured.get(`${name}, ${count}`), measured.get(`${first?.name}, ${count}`)];
      const ratios = (one ?? []).map(
        ({ perSecond }, at) => perSecond / (against?.[at]?.perSecond ?? Number.NaN),
      );
      console.log(`${count} accounts: ${name} makes ${median(ratios).toFixed(2)} of ${first?.name}`);
    }
  }
}
