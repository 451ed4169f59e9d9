/** A contestant that runs: its process, its load, and what it says of itself. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Batches, Contestant } from './contestants.ts';
import type { BenchDatabase, Endpoint } from './database.ts';
import type { HttpTarget, RunResult } from './driver.ts';

const root = join(import.meta.dirname, '..');

export type Running = {
  contestant: Contestant;
  endpoint: Endpoint;
  pid: number;
  run(
    target: Pick<HttpTarget, 'calls' | 'connections' | 'rate' | 'seconds' | 'runId' | 'authKeys'>,
  ): Promise<RunResult>;
  /** batches that were committed so far and the postbacks in them; null where it is not told */
  readBatches(): Promise<{ batches: number; postbacks: number } | null>;
  stop(): Promise<void>;
};

/** @param dataDir for what a server keeps  @param nodeOptions such as `--cpu-prof` */
export async function startContestant(
  contestant: Contestant,
  { url: databaseUrl }: Pick<BenchDatabase, 'url'>,
  endpoint: Endpoint,
  dataDir: string,
  nodeOptions: string[],
): Promise<Running> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    BENCH_AUTH_KEY: endpoint.authKey,
  };
  if (contestant.kind === 'script') {
    const script = fork(programOf(contestant), { env });
    return {
      ...{ contestant, endpoint, pid: pidOf(script) },
      run: (target) => askFor(script, { ...target, authKey: endpoint.authKey }),
      readBatches: async () => null,
      stop: () => end(script),
    };
  }
  const server = spawn(process.execPath, [...nodeOptions, ...contestant.program], {
    ...{ cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const { batch, beside } = contestant;
  const forkLoad = () => fork(join(import.meta.dirname, 'load.ts'));
  const load = forkLoad();
  const besides = beside && { load: forkLoad(), batches: beside };
  const stop = async () => {
    await Promise.all([server, load, ...(besides ? [besides.load] : [])].map(end));
  };
  const url = await listeningUrl(server).catch(async (error) => {
    await stop();
    throw error;
  });
  const run = async (target: Parameters<Running['run']>[0]): Promise<RunResult> => {
    const toServer = { ...target, url, authKey: endpoint.authKey };
    const [result, besideResult] = await Promise.all([
      askFor(load, { ...toServer, ...loadOf(batch) }),
      besides &&
        askFor(besides.load, { ...toServer, ...loadOf(besides.batches), runId: `${target.runId}-beside` }),
    ]);
    return { ...result, accepted: result.accepted + (besideResult?.accepted ?? 0) };
  };
  return {
    ...{ contestant, endpoint, pid: pidOf(server), run, stop },
    readBatches: async () => (contestant.hasMetrics ? readBatches(url) : null),
  };
}

function loadOf(batch: Batches | null) {
  return batch === null
    ? { path: '/update-fields', itemsPerRequest: 1 }
    : { path: '/update-fields/batch', ...batch };
}

function programOf({ program }: Contestant): string {
  return join(root, program[0] ?? '');
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('a process could not be started');
  return pid;
}

/** Rejects when the process ends before it answers. */
async function askFor(driver: ChildProcess, target: object): Promise<RunResult> {
  driver.send(target);
  const over = new AbortController();
  const ended = once(driver, 'exit', over).then(() => Promise.reject(new Error('a load process ended')));
  try {
    const [result] = await Promise.race([once(driver, 'message', over), ended]);
    return result;
  } finally {
    ended.catch(() => {});
    over.abort();
  }
}

async function listeningUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output to read');
  for await (const line of createInterface({ input: stdout })) {
    const url = /listening on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('the server ended before it listened');
}

async function readBatches(url: string): Promise<{ batches: number; postbacks: number }> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  const number = (name: string) =>
    Number(new RegExp(`^ringback_batch_size_${name} (\\d+)`, 'm').exec(text)?.[1]);
  return { batches: number('count'), postbacks: number('sum') };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
