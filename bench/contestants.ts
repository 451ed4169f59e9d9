/** Who is measured. To add one, add a row. */
import { readFileSync } from 'node:fs';

/** Requests with a JSON array of postbacks. */
export type Batches = { itemsPerRequest: number; connections: number };

export type Contestant = {
  /** for --only and the results */
  name: string;
  title: string;
  /** what `node` runs, from the root of the repository; a server prints a line with `listening on http://…` */
  program: string[];
  /** `script`: the program makes its own load and knows no connections */
  kind: 'server' | 'script';
  /** null: one postback a request, at the connections that are measured */
  batch: Batches | null;
  /** sent to the same server all the while, and not measured: what is measured is what it does to the others */
  beside?: Batches;
  /** where each 2xx must have its row; null: nowhere */
  log: 'ringback' | 'lean' | null;
  /** whether /metrics tells the sizes of batches */
  hasMetrics: boolean;
};

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  scripts: { start: string }; // our own file
};
/** As `npm start` does, with its flags. */
const start = scripts.start.replace(/^exec node /, '').split(' ');

export const contestants: Contestant[] = [
  {
    name: 'lean-transaction',
    title: 'lean Express + pg, one transaction a request',
    program: ['bench/lean-express.ts', 'transaction'],
    kind: 'server',
    batch: null,
    log: 'lean',
    hasMetrics: false,
  },
  {
    name: 'lean-statement',
    title: 'lean Express + pg, one prepared statement a request',
    program: ['bench/lean-express.ts', 'statement'],
    kind: 'server',
    batch: null,
    log: 'lean',
    hasMetrics: false,
  },
  {
    name: 'lean-fastify',
    title: 'lean Fastify + postgres.js, one prepared statement a request',
    program: ['bench/lean-fastify.ts'],
    kind: 'server',
    batch: null,
    log: 'lean',
    hasMetrics: false,
  },
  {
    name: 'express-transaction',
    title: 'Express + pg on our tables, one transaction a request',
    program: ['bench/express-server.ts', 'transaction'],
    kind: 'server',
    batch: null,
    log: 'ringback',
    hasMetrics: false,
  },
  {
    name: 'express-statement',
    title: 'Express + pg on our tables, one prepared statement a request',
    program: ['bench/express-server.ts', 'statement'],
    kind: 'server',
    batch: null,
    log: 'ringback',
    hasMetrics: false,
  },
  {
    name: 'bare-http',
    title: 'bare node:http, no database',
    program: ['bench/bare-http.ts'],
    kind: 'server',
    batch: null,
    log: null,
    hasMetrics: false,
  },
  {
    name: 'batch-sql',
    title: 'the batch SQL from a bare script, no HTTP',
    program: ['bench/batch-sql.ts'],
    kind: 'script',
    batch: null,
    log: 'ringback',
    hasMetrics: false,
  },
  {
    name: 'floor',
    title: 'node:http and the batch writer, nothing checked',
    program: [...start.filter((word) => word.startsWith('--')), 'bench/floor.ts'],
    kind: 'server',
    batch: null,
    log: 'ringback',
    hasMetrics: false,
  },
  {
    name: 'ringback',
    title: 'Ringback',
    program: start,
    kind: 'server',
    batch: null,
    log: 'ringback',
    hasMetrics: true,
  },
  {
    name: 'ringback-workers',
    title: 'Ringback, 2 workers',
    program: [...start, '--workers', '2'],
    kind: 'server',
    batch: null,
    log: 'ringback',
    hasMetrics: true,
  },
  {
    name: 'ringback-batch',
    title: 'Ringback, batches of 1,000 on 4 connections',
    program: start,
    kind: 'server',
    batch: { itemsPerRequest: 1_000, connections: 4 },
    log: 'ringback',
    hasMetrics: true,
  },
  {
    name: 'ringback-beside',
    title: 'Ringback, beside batches of 10,000',
    program: start,
    kind: 'server',
    batch: null,
    beside: { itemsPerRequest: 10_000, connections: 1 },
    log: 'ringback',
    hasMetrics: true,
  },
];

/** What is to be reached: a contestant's postbacks/s as a multiple of another's, at a number of connections. */
export const goals: { contestant: string; ratio: number; against: string; connections: number }[] = [
  { contestant: 'ringback', ratio: 2, against: 'lean-transaction', connections: 64 },
  { contestant: 'ringback', ratio: 2, against: 'lean-statement', connections: 64 },
  { contestant: 'ringback', ratio: 2, against: 'lean-fastify', connections: 64 },
  { contestant: 'ringback', ratio: 2, against: 'lean-transaction', connections: 256 },
  { contestant: 'ringback', ratio: 2, against: 'lean-statement', connections: 256 },
  { contestant: 'ringback', ratio: 2, against: 'lean-fastify', connections: 256 },
  { contestant: 'ringback', ratio: 5, against: 'express-transaction', connections: 64 },
  { contestant: 'ringback', ratio: 2.5, against: 'express-statement', connections: 64 },
  { contestant: 'ringback', ratio: 7, against: 'express-transaction', connections: 256 },
  { contestant: 'ringback', ratio: 3.5, against: 'express-statement', connections: 256 },
  { contestant: 'ringback', ratio: 0.5, against: 'bare-http', connections: 256 },
  { contestant: 'ringback-batch', ratio: 0.8, against: 'batch-sql', connections: 256 },
];
