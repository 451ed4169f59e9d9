/**
 * node bench/hour.ts [--rate 1000] [--minutes 60] [--calls 5000000] [--connections 64]
 *
 * Whether anything drifts: postbacks at a steady rate, with latency, CPU, memory and the size of the tables by the minute. The log is
 * checked after each minute, as in every bench.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.ts';
import { type BenchDatabase, createDatabase, createEndpoint, loadCalls } from './database.ts';
import { answerHelp } from './help.ts';
import { createLeanTables } from './lean-tables.ts';
import { measure } from './measure.ts';
import { startContestant } from './running.ts';

answerHelp(import.meta.filename);

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    rate: { ...number, default: '1000' },
    minutes: { ...number, default: '60' },
    calls: { ...number, default: '5000000' },
    connections: { ...number, default: '64' },
  },
});
const [rate, minutes, calls] = [Number(values.rate), Number(values.minutes), Number(values.calls)];
const connections = Number(values.connections);
const [ringback] = contestants.filter(({ name }) => name === 'ringback');
if (ringback === undefined) throw new Error('Ringback is no contestant');

const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
const database = await createDatabase();
try {
  console.log(`loading ${calls.toLocaleString('en-US')} calls`);
  await createLeanTables(database.pool); // before the calls, so that none are copied: the check of the log counts in them
  await loadCalls(database, calls);
  const endpoint = await createEndpoint(database, 'hour');
  const running = await startContestant(ringback, database, endpoint, dataDir, []);
  try {
    console.log(
      'minute   /s   p50   p99   max ms   server µs   database µs   server MB   WAL bytes   calls MB   dead   log MB   bytes a postback',
    );
    const before = await readTables(database);
    for (let minute = 1; minute <= minutes; minute += 1) {
      const round = await measure(running, database, {
        calls,
        connections,
        seconds: 60,
        number: minute,
        rate,
      });
      const tables = await readTables(database);
      const micros = (cores: number) => Math.round((cores / round.perSecond) * 1e6);
      const perPostback = (tables.logBytes - before.logBytes) / (tables.logRows - before.logRows);
      console.log(
        [
          ...[minute, Math.round(round.perSecond), round.p50Ms.toFixed(1), round.p99Ms.toFixed(1)],
          ...[Math.round(round.maxMs), micros(round.serverCpu), micros(round.databaseCpu)],
          ...[Math.round(round.serverBytes / 1e6), Math.round(round.walBytesPerPostback)],
          ...[Math.round(tables.callBytes / 1e6), tables.deadCalls, Math.round(tables.logBytes / 1e6)],
          Math.round(perPostback),
        ].join('\t'),
      );
    }
  } finally {
    await running.stop();
  }
} finally {
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function readTables({ pool }: BenchDatabase) {
  const { rows } = await pool.query<Record<'callBytes' | 'logBytes' | 'deadCalls' | 'logRows', string>>(
    `select pg_total_relation_size('call') as "callBytes", pg_total_relation_size('postback') as "logBytes",
       (select n_dead_tup from pg_stat_user_tables where relid = 'call'::regclass) as "deadCalls",
       (select count(*) from postback) as "logRows"`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the tables have no size');
  const { callBytes, logBytes, deadCalls, logRows } = row;
  return {
    callBytes: Number(callBytes),
    logBytes: Number(logBytes),
    deadCalls: Number(deadCalls),
    logRows: Number(logRows),
  };
}
