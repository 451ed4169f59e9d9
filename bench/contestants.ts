/** Who is measured. To add one, add a row. */

export type Contestant = {
  /** for --only and the results */
  name: string;
  title: string;
  /** what `node` runs, from the root of the repository; a server prints a line with `listening on http://…` */
  program: string[];
  /** `script`: the program makes its own load and knows no connections */
  kind: 'server' | 'script';
  /** whether each 2xx must have its row in the postback log */
  isStored: boolean;
  /** whether /metrics tells the sizes of batches */
  hasMetrics: boolean;
};

export const contestants: Contestant[] = [
  {
    name: 'express-transaction',
    title: 'Express + pg, one transaction a request',
    program: ['bench/express-server.ts', 'transaction'],
    kind: 'server',
    isStored: true,
    hasMetrics: false,
  },
  {
    name: 'express-statement',
    title: 'Express + pg, one prepared statement a request',
    program: ['bench/express-server.ts', 'statement'],
    kind: 'server',
    isStored: true,
    hasMetrics: false,
  },
  {
    name: 'bare-http',
    title: 'bare node:http, no database',
    program: ['bench/bare-http.ts'],
    kind: 'server',
    isStored: false,
    hasMetrics: false,
  },
  {
    name: 'batch-sql',
    title: 'the batch SQL from a bare script, no HTTP',
    program: ['bench/batch-sql.ts'],
    kind: 'script',
    isStored: true,
    hasMetrics: false,
  },
  {
    name: 'ringback',
    title: 'Ringback',
    program: ['src/main.ts', 'start'],
    kind: 'server',
    isStored: true,
    hasMetrics: true,
  },
];

/** What Ringback is to reach, as a ratio of its postbacks/s to theirs at a number of connections. */
export const goals: { against: string; connections: number; ratio: number }[] = [
  { against: 'express-transaction', connections: 64, ratio: 5 },
  { against: 'express-statement', connections: 64, ratio: 2.5 },
  { against: 'express-transaction', connections: 256, ratio: 7 },
  { against: 'express-statement', connections: 256, ratio: 3.5 },
  { against: 'bare-http', connections: 256, ratio: 0.5 },
];
