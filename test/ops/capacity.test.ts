import { expect, test } from 'vitest';
import { carriedBy, planCapacity, points } from '../../bench/capacity-model.ts';
import { runProcess } from '../support/programs/process.ts';

test.each(points)('the model is within 10 % of what was measured: $what', ({ measured, modelled }) => {
  expect(Math.abs(modelled / measured - 1)).toBeLessThan(0.1);
});

test('ten times the postbacks take ten times the cores, disk and write-ahead log', () => {
  const demand = { callsPerDay: 25e6, postbacksPerDay: 1e8, peakFactor: 3, keptDays: 90 };
  const small = planCapacity(demand);
  const large = planCapacity({ ...demand, callsPerDay: 25e7, postbacksPerDay: 1e9 });
  for (const name of [
    'appCores',
    'databaseCores',
    'coordinatorCores',
    'workerCores',
    'diskGb',
    'walMbPerSecond',
  ] as const) {
    expect(large[name]).toBeCloseTo(small[name] * 10);
  }
  expect(large.peakPostbacksPerSecond).toBeCloseTo(34_722, 0);
  expect(large.connections).toBe(large.appProcesses * 12);
});

test('a part that carries a rate takes just the cores that it has for it', () => {
  const [perSecond = 0] = Object.entries(carriedBy(8)).flatMap(([part, rate]) =>
    part.startsWith('PostgreSQL') ? rate : [],
  );
  const demand = { callsPerDay: 1, postbacksPerDay: perSecond * 86_400, peakFactor: 1, keptDays: 1 };
  expect(planCapacity(demand).databaseCores).toBeCloseTo(8);
});

test('the script prints a table, and rejects what is no number', async () => {
  const { code, stdout } = await runProcess(['bench/capacity.ts', '--postbacks-per-day', '5000000']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/5000000[\s\S]*Checked: /);
  expect((await runProcess(['bench/capacity.ts', '--peak', 'high'])).stderr).toContain(
    '--peak must be a number',
  );
});
