import { parseArgs } from 'node:util';
import { contestants } from './contestants.ts';

export type Options = {
  calls: number;
  connections: number[];
  seconds: number;
  warmUpSeconds: number;
  rounds: number;
  only: string[];
  /** writes a CPU profile of Ringback to the results */
  isProfiled: boolean;
};

const usage = `npm run bench -- [options]
  --calls 1000000        calls in the database (10000, 1000000, 5000000)
  --connections 64,256   connections to measure at
  --seconds 3            length of a round; --warm-up 3: before the first one
  --rounds 5             rounds for each contestant, interleaved
  --only NAME,NAME       of: ${contestants.map(({ name }) => name).join(', ')}
  --profile              a CPU profile of Ringback, in bench/results
  --quick                a look at everything in half a minute: 10,000 calls, 64 connections, one round of 2 s`;

/** Reads the command line. @returns null when only the usage was asked for, which is then printed */
export function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      calls: { type: 'string' },
      connections: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      profile: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return null;
  }
  const defaults = values.quick
    ? { calls: '10000', connections: '64', seconds: '2', warmUp: '1', rounds: '1' }
    : { calls: '1000000', connections: '64,256', seconds: '3', warmUp: '3', rounds: '5' };
  const names = contestants.map(({ name }) => name);
  const only = values.only?.split(',') ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--only: there is no ${unknown}; there are ${names.join(', ')}`);
  return {
    calls: readCount('--calls', values.calls ?? defaults.calls),
    connections: (values.connections ?? defaults.connections)
      .split(',')
      .map((text) => readCount('--connections', text)),
    seconds: readCount('--seconds', values.seconds ?? defaults.seconds),
    warmUpSeconds: readCount('--warm-up', values['warm-up'] ?? defaults.warmUp),
    rounds: readCount('--rounds', values.rounds ?? defaults.rounds),
    only,
    isProfiled: values.profile,
  };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`${name} takes a whole number above 0, not ${text}`);
}
