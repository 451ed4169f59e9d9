import { expect, test } from 'vitest';
import { PeriodCounts } from './period-counts.ts';

const periodMs = 3_600_000;
const start = 1000 * periodMs;

/** Every count takes `costMs` on the test's own clock. `asked`: how many periods ago. */
function countsOf(costMs: number, { budgetMs = 1_000, freshMs = 5_000 } = {}) {
  const clock = { now: start };
  const asked: number[] = [];
  const counts = new PeriodCounts({
    ...{ periodMs, periodsMax: 24, budgetMs, freshMs, now: () => clock.now },
    count: async (accountId, from, to) => {
      expect(to - from).toBe(periodMs);
      asked.push((start - from) / periodMs);
      clock.now += costMs;
      return `${accountId} ${asked.length}`;
    },
  });
  return { clock, asked, counts };
}

const known = (periods: { counts: unknown }[]) => periods.map(({ counts }) => counts !== null);

test('a period that is over is counted once, and the current one again', async () => {
  const { clock, asked, counts } = countsOf(0);
  clock.now = start + 30 * 60_000;
  await counts.read('a', 3);
  expect(asked.splice(0)).toEqual([0, 1, 2]);
  clock.now += 1_000;
  await counts.read('a', 3);
  expect(asked.splice(0)).toEqual([]); // the current one was counted a moment ago
  clock.now += 10_000;
  const periods = await counts.read('a', 3);
  expect(asked.splice(0)).toEqual([0]);
  expect(periods.map(({ at }) => at)).toEqual([start - 2 * periodMs, start - periodMs, start]);
  expect(periods[2]?.counts).toBe('a 1');
});

test('a period that has just ended is counted until its last postbacks are in', async () => {
  const { clock, asked, counts } = countsOf(0);
  await counts.read('a', 2); // one minute would not do: this is its very end
  clock.now += 60_000;
  await counts.read('a', 2);
  clock.now += 120_000;
  await counts.read('a', 2);
  clock.now += 60_000;
  await counts.read('a', 2);
  expect(asked.filter((ago) => ago === 1)).toHaveLength(3);
});

test('what does not fit into the budget is left to the next readings, newest first', async () => {
  const { asked, counts } = countsOf(400, { budgetMs: 750 });
  expect(known(await counts.read('a', 5))).toEqual([false, false, false, true, true]);
  expect(known(await counts.read('a', 5))).toEqual([false, true, true, true, true]);
  expect(known(await counts.read('a', 5))).toEqual([true, true, true, true, true]);
  expect(new Set(asked).size).toBe(5);
});

test('the current period comes first, then those that were never counted, then those that are not settled', async () => {
  const { clock, asked, counts } = countsOf(400, { freshMs: 0 });
  clock.now = start + 60_000;
  await counts.read('a', 2);
  asked.splice(0);
  await counts.read('a', 4);
  expect(asked).toEqual([0, 2, 3]);
  asked.splice(0);
  await counts.read('a', 4);
  expect(asked).toEqual([0, 1]);
});

test('those who ask at once count nothing twice, and accounts are apart', async () => {
  const { asked, counts } = countsOf(0);
  await Promise.all([counts.read('a', 3), counts.read('a', 3)]);
  expect(asked).toEqual([0, 1, 2]);
  await Promise.all([counts.read('a', 3), counts.read('a', 4)]);
  expect(asked).toEqual([0, 1, 2, 3]);
  await counts.read('b', 1);
  expect(asked).toEqual([0, 1, 2, 3, 0]);
});

test('a failure fails those who asked with it, and not the next ones', async () => {
  let fails = true;
  const counts = new PeriodCounts({
    ...{ periodMs, periodsMax: 24, budgetMs: 1_000, freshMs: 0, now: () => start },
    count: async () => {
      if (fails) throw new Error('no database');
      return 1;
    },
  });
  const [first, shorter] = [counts.read('a', 3), counts.read('a', 2)];
  await expect(first).rejects.toThrow('no database');
  await expect(shorter).rejects.toThrow('no database');
  fails = false;
  expect(known(await counts.read('a', 2))).toEqual([true, true]);
});
