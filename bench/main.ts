/** `npm run bench`: Ringback beside what people use instead, and beside its limits. See README.md. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { contestants } from './contestants.ts';
import { type BenchDatabase, createDatabase, createEndpoint, loadCalls, readSettings } from './database.ts';
import { createLeanTables } from './lean-tables.ts';
import { measure, type Round } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import { printReport } from './report.ts';
import { type Running, startContestant } from './running.ts';

const resultsFolder = join(import.meta.dirname, 'results');

const options = readOptions(process.argv.slice(2));
if (options !== null) await run(options);

async function run(chosen: Options): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
  const database = await createDatabase();
  const running: Running[] = [];
  try {
    await mkdir(resultsFolder, { recursive: true });
    console.log(`loading ${chosen.calls.toLocaleString('en-US')} calls`);
    await loadCalls(database, chosen.calls);
    await createLeanTables(database.pool);
    await database.pool.query('vacuum analyze lean.call');
    await database.pool.query('checkpoint');
    for (const contestant of contestants.filter(({ name }) => chosen.only.includes(name))) {
      const endpoint = await createEndpoint(database, contestant.title);
      const isProfiled = chosen.isProfiled && contestant.name.startsWith('ringback');
      const nodeOptions = isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${resultsFolder}`] : [];
      running.push(await startContestant(contestant, database, endpoint, dataDir, nodeOptions));
    }
    const rounds = await measureAll(running, database, chosen);
    printReport(rounds);
    const machine = await describeMachine(database);
    const file = join(resultsFolder, `${machine.at.replaceAll(':', '-')}.json`);
    await writeFile(file, `${JSON.stringify({ machine, options: chosen, rounds }, null, 2)}\n`);
    console.log(`\nall rounds: ${file}`);
  } finally {
    await Promise.all(running.map((one) => one.stop()));
    await database.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * Round by round, every contestant once in each, in an order of chance: what disturbs the machine for a while
 * disturbs them all, and none comes always after the one that leaves most to write behind.
 */
async function measureAll(running: Running[], database: BenchDatabase, chosen: Options): Promise<Round[]> {
  const rounds: Round[] = [];
  const { calls, warmUpSeconds, seconds } = chosen;
  for (const connections of chosen.connections) {
    for (const one of running)
      await measure(one, database, { calls, connections, seconds: warmUpSeconds, number: 0 });
    for (let number = 1; number <= chosen.rounds; number += 1) {
      for (const one of shuffle(running)) {
        const round = await measure(one, database, { calls, connections, seconds, number });
        rounds.push(round);
        const perSecond = Math.round(round.perSecond);
        console.log(`${connections} connections, round ${number}: ${round.contestant} ${perSecond}/s`);
      }
    }
  }
  return rounds;
}

function shuffle<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

async function describeMachine(database: BenchDatabase) {
  return {
    at: new Date().toISOString(),
    processor: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    /** above the number of cores: others used the machine too */
    loadAverage: loadavg(),
    node: process.version,
    database: await readSettings(database),
  };
}
