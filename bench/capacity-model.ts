/** What a number of calls and postbacks a day takes. Every constant was measured; `points` says when the model was right. */

export type Demand = {
  callsPerDay: number;
  postbacksPerDay: number;
  /** the busiest second, in average seconds */
  peakFactor: number;
  /** how long postbacks and calls are kept */
  keptDays: number;
};

export type Capacity = {
  peakPostbacksPerSecond: number;
  appCores: number;
  /** each with one core */
  appProcesses: number;
  databaseCores: number;
  /** on Citus in place of the database: all of it goes through the coordinator, and to the workers of the accounts */
  coordinatorCores: number;
  workerCores: number;
  connections: number;
  /** of tables and indexes, when as much goes as comes */
  diskGb: number;
  walMbPerSecond: number;
};

/**
 * CPU of a postback in microseconds and its bytes: `npm run bench -- --calls 1000000 --connections 256 --warm-up 40 --only ringback`, 2 cores of
 * which other programs used 0.55. A separate machine needs less: run it there and put your numbers in.
 */
export const measured = {
  appMicros: 75,
  databaseMicros: 69,
  loadMicros: 18,
  /** 2.0 and 2.6 times a plain PostgreSQL: `node bench/accounts.ts`, whose range docs/scaling.md shows */
  coordinatorMicros: 138,
  workerMicros: 180,
  walBytes: 1_874,
  /** indexes included; a call with its two events */
  postbackBytes: 1_200,
  callBytes: 1_600,
};

/** Above it, what waits for a core grows without end. */
const usableShare = 0.6;
const connectionsPerProcess = 12;
const daySeconds = 86_400;

export function planCapacity(demand: Demand): Capacity {
  const { callsPerDay, postbacksPerDay, peakFactor, keptDays } = demand;
  const peak = (postbacksPerDay / daySeconds) * peakFactor;
  const coresOf = (micros: number) => (peak * micros) / 1_000_000 / usableShare;
  const appCores = coresOf(measured.appMicros);
  const appProcesses = Math.max(1, Math.ceil(appCores));
  return {
    peakPostbacksPerSecond: peak,
    appCores,
    appProcesses,
    databaseCores: coresOf(measured.databaseMicros),
    coordinatorCores: coresOf(measured.coordinatorMicros),
    workerCores: coresOf(measured.workerMicros),
    connections: appProcesses * connectionsPerProcess,
    diskGb: diskBytes(callsPerDay * keptDays, postbacksPerDay * keptDays) / 1e9,
    walMbPerSecond: (peak * measured.walBytes) / 1e6,
  };
}

/** Postbacks/s that each part carries on a machine of so many cores. */
export function carriedBy(cores: number): Record<string, number> {
  const on = (count: number, micros: number) => (count * usableShare * 1_000_000) / micros;
  return {
    'one app process': on(1, measured.appMicros),
    [`PostgreSQL, ${cores} cores`]: on(cores, measured.databaseMicros),
    [`coordinator of Citus, ${cores} cores`]: on(cores, measured.coordinatorMicros),
    [`worker of Citus, ${cores} cores`]: on(cores, measured.workerMicros),
  };
}

export function diskBytes(calls: number, postbacks: number): number {
  return calls * measured.callBytes + postbacks * measured.postbackBytes;
}

/** Postbacks/s where app, database and load share `cores` that nothing else uses, all of them busy. */
export function saturatedRate(cores: number): number {
  return (cores * 1_000_000) / (measured.appMicros + measured.databaseMicros + measured.loadMicros);
}

/** Measured results, and what the model says to the same. */
export const points = [
  {
    what: 'postbacks/s at 256 connections on 2 cores, 0.55 of them taken by others, 1,000,000 calls',
    measured: 8_955,
    modelled: saturatedRate(2 - 0.55),
  },
  {
    what: 'MB of a database with 1,000,000 postbacks and 250,000 calls',
    measured: 1_498,
    modelled: diskBytes(250_000, 1_000_000) / 1e6,
  },
];
