/**
 * node bench/capacity.ts [--calls-per-day N] [--postbacks-per-day N] [--peak 3] [--days 90] [--cores 8]
 *
 * What a number of postbacks takes, and what one part carries on a machine with so many cores. Without numbers: from a million
 * to a billion postbacks a day.
 */
import { parseArgs } from 'node:util';
import { type Capacity, carriedBy, planCapacity, points } from './capacity-model.ts';
import { answerHelp } from './help.ts';

answerHelp(import.meta.filename);

const { values } = parseArgs({
  options: {
    'calls-per-day': { type: 'string' },
    'postbacks-per-day': { type: 'string' },
    peak: { type: 'string', default: '3' },
    days: { type: 'string', default: '90' },
    cores: { type: 'string', default: '8' },
  },
});

function read(text: string, name: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Error(`--${name} must be a number above 0.`);
}

const asked = values['postbacks-per-day'];
const volumes = asked === undefined ? [1e6, 1e7, 1e8, 1e9] : [read(asked, 'postbacks-per-day')];
const [peakFactor, keptDays] = [read(values.peak, 'peak'), read(values.days, 'days')];
const round = (value: number) => Number(value.toPrecision(2));

console.table(
  volumes.map((postbacksPerDay) => {
    const calls = values['calls-per-day'];
    const callsPerDay = calls === undefined ? postbacksPerDay / 4 : read(calls, 'calls-per-day');
    const capacity = planCapacity({ callsPerDay, postbacksPerDay, peakFactor, keptDays });
    const rounded = Object.entries(capacity).map(([name, value]) => [name, round(value)]);
    return { postbacksPerDay, callsPerDay, ...(Object.fromEntries(rounded) as Capacity) }; // the same names
  }),
);
console.table(
  Object.entries(carriedBy(read(values.cores, 'cores'))).map(([part, perSecond]) => ({
    part,
    postbacksPerSecond: round(perSecond),
    postbacksPerDay: round((perSecond * 86_400) / peakFactor),
  })),
);
for (const { what, measured, modelled } of points) {
  const off = ((modelled / measured - 1) * 100).toFixed(0);
  console.log(`Checked: ${what}: measured ${measured}, modelled ${Math.round(modelled)} (${off} %)`);
}
