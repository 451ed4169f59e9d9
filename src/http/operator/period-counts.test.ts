import { expect, test } from 'vitest';
import { noOutcomes } from '../../../core/updates/postback.ts';
import { HourCounts } from './hour-counts.ts';

const hourMs = 3_600_000;
const start = 1000 * hourMs;

function countsOf(costMs: number, budgetMs: number) {
  const clock = { now: start };
  const asked: number[] = [];
  const counts = new HourCounts({
    now: () => clock.now,
    budgetMs,
    count: async (_account, from) => {
      asked.push((start - from) / hourMs);
      clock.now += costMs;
      return [{ webhookId: 'w', status: 'applied', count: 7 }];
    },
  });
  return { clock, asked, counts };
}

const known = (hours: { byWebhook: unknown }[]) => hours.map(({ byWebhook }) => byWebhook !== null);

test('an hour that is over is counted once, and the current one again', async () => {
  const { clock, asked, counts } = countsOf(0, 1000);
  clock.now = start + 30 * 60_000;
  await counts.read('a', 3, 24);
  expect(asked.splice(0)).toEqual([0, 1, 2]);
  clock.now += 1_000;
  await counts.read('a', 3, 24);
  expect(asked.splice(0)).toEqual([]); // the current one was counted a moment ago
  clock.now += 10_000;
  const hours = await counts.read('a', 3, 24);
  expect(asked.splice(0)).toEqual([0]);
  expect(hours.map(({ at }) => at)).toEqual([start - 2 * hourMs, start - hourMs, start]);
  expect(hours[2]?.byWebhook?.get('w')).toEqual({ ...noOutcomes(), applied: 7 });
});

test('an hour that has just ended is counted until its last postbacks are in', async () => {
  const { clock, asked, counts } = countsOf(0, 1000);
  await counts.read('a', 2, 24); // one minute would not do: this is its very end
  clock.now += 60_000;
  await counts.read('a', 2, 24);
  clock.now += 120_000;
  await counts.read('a', 2, 24);
  clock.now += 60_000;
  await counts.read('a', 2, 24);
  expect(asked.filter((ago) => ago === 1)).toHaveLength(3);
});

test('what does not fit into the budget is left to the next readings, newest first', async () => {
  const { asked, counts } = countsOf(400, 750);
  expect(known(await counts.read('a', 5, 24))).toEqual([false, false, false, true, true]);
  expect(known(await counts.read('a', 5, 24))).toEqual([false, true, true, true, true]);
  expect(known(await counts.read('a', 5, 24))).toEqual([true, true, true, true, true]);
  expect(new Set(asked).size).toBe(5);
});

test('those who ask at once count nothing twice, and accounts are apart', async () => {
  const { asked, counts } = countsOf(0, 1000);
  await Promise.all([counts.read('a', 3, 24), counts.read('a', 3, 24)]);
  expect(asked).toEqual([0, 1, 2]);
  await counts.read('b', 1, 24);
  expect(asked).toEqual([0, 1, 2, 0]);
});
