import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchDatabase, checkLogs, readWalBytes } from './database.ts';
import type { Running } from './running.ts';
import { readMachineCpuSeconds, readUsage } from './usage.ts';

/** One round of one contestant. CPU in seconds per second: 1 is a core. */
export type Round = {
  contestant: string;
  connections: number;
  /** from 1; 0 is the warm-up */
  number: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  rejected: Record<string, number>;
  serverCpu: number;
  databaseCpu: number;
  loadCpu: number;
  /** of everything else on the machine: large numbers make the round worth less */
  othersCpu: number;
  /** peak of the server's processes since their start */
  serverBytes: number;
  databaseBytes: number;
  walBytesPerPostback: number;
  /** null where it is not told */
  meanBatch: number | null;
};

export type RoundOptions = {
  calls: number;
  connections: number;
  seconds: number;
  number: number;
  /** requests a second; left out: as many as are answered */
  rate?: number;
};

/** Measures one round and checks the log after it. @throws when a 2xx has no row, or a row no 2xx */
export async function measure(
  running: Running,
  database: BenchDatabase,
  { calls, connections, seconds, number, rate }: RoundOptions,
): Promise<Round> {
  const sinceMs = Date.now();
  await sleep(2); // ids of the round before are older than this one's
  const before = await look(running, database);
  const runId = `${running.contestant.name}-${sinceMs}`;
  const result = await running.run({ calls, connections, seconds, rate, runId });
  const after = await look(running, database);
  const { log } = running.contestant;
  await checkLogs(database, running.endpoint, { log, accepted: result.accepted, runId, sinceMs });
  const elapsedSeconds = (after.atMs - before.atMs) / 1_000;
  const batches = (after.batches?.batches ?? 0) - (before.batches?.batches ?? 0);
  const batched = (after.batches?.postbacks ?? 0) - (before.batches?.postbacks ?? 0);
  const isScript = running.contestant.kind === 'script';
  const serverCpu = (after.server.cpuSeconds - before.server.cpuSeconds) / elapsedSeconds;
  const databaseCpu = (after.database.cpuSeconds - before.database.cpuSeconds) / elapsedSeconds;
  const machineCpu = (after.machineCpuSeconds - before.machineCpuSeconds) / elapsedSeconds;
  const loadCpu = isScript ? 0 : result.cpuSeconds / elapsedSeconds;
  return {
    contestant: running.contestant.name,
    connections,
    number,
    perSecond: result.answered / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    maxMs: result.maxMs,
    rejected: result.rejected,
    serverCpu,
    databaseCpu,
    loadCpu,
    othersCpu: Math.max(0, machineCpu - serverCpu - databaseCpu - loadCpu),
    serverBytes: after.server.memoryBytes,
    databaseBytes: after.database.memoryBytes,
    walBytesPerPostback: result.accepted > 0 ? (after.walBytes - before.walBytes) / result.accepted : 0,
    meanBatch: batches > 0 ? batched / batches : null,
  };
}

async function look(running: Running, database: BenchDatabase) {
  return {
    walBytes: await readWalBytes(database),
    batches: await running.readBatches(),
    machineCpuSeconds: readMachineCpuSeconds(),
    server: readUsage(running.pid, 'peak'),
    database: readUsage(database.pid, 'shared'),
    atMs: performance.now(),
  };
}
