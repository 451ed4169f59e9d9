import { expect, test } from 'vitest';
import { noOutcomes } from '../../../core/updates/postback.ts';
import { MinuteCounts } from './minute-counts.ts';

const none = noOutcomes();
const start = Date.UTC(2026, 10, 24, 12, 0, 30);

/** Every count takes `countMs` on the test's own clock. */
function setUp(countMs: number) {
  const clock = { ms: start };
  const asked: string[] = [];
  const counts = new MinuteCounts({
    count: async (accountId, fromMs, toMs) => {
      expect(toMs - fromMs).toBe(60_000);
      clock.ms += countMs;
      asked.push(`${accountId} ${new Date(fromMs).toISOString().slice(11, 16)}`);
      return { ...none, applied: asked.length };
    },
    now: () => clock.ms,
    budgetMs: 1_000,
  });
  return { counts, clock, asked };
}

test('minutes that are settled are counted once', async () => {
  const { counts, clock, asked } = setUp(1);
  const first = await counts.read('a', 5);
  expect(first.map(({ at }) => new Date(at).toISOString().slice(11, 16))).toEqual([
    '11:56',
    '11:57',
    '11:58',
    '11:59',
    '12:00',
  ]);
  expect(asked.length).toBe(5);
  asked.splice(0);
  clock.ms = start + 60_000;
  const next = await counts.read('a', 5);
  expect(asked).toEqual(['a 12:01', 'a 12:00', 'a 11:59', 'a 11:58']);
  expect(next[0]).toEqual(first[1]);
});

test('a reading stops at its budget, and the next one goes on with the older minutes', async () => {
  const { counts, asked } = setUp(400);
  const read = async () => {
    asked.splice(0);
    const minutes = await counts.read('a', 7);
    return { asked: [...asked], known: minutes.map((minute) => minute.counts !== null) };
  };
  const [yes, no] = [true, false];
  expect(await read()).toEqual({
    asked: ['a 12:00', 'a 11:59', 'a 11:58'],
    known: [no, no, no, no, yes, yes, yes],
  });
  expect(await read()).toEqual({
    asked: ['a 12:00', 'a 11:57', 'a 11:56'],
    known: [no, no, yes, yes, yes, yes, yes],
  });
  expect((await read()).known).toEqual([yes, yes, yes, yes, yes, yes, yes]);
  expect((await read()).asked).toEqual(['a 12:00', 'a 11:59', 'a 11:58']);
});

test('those who ask at once share one reading; accounts do not', async () => {
  const { counts, asked } = setUp(1);
  await Promise.all([counts.read('a', 3), counts.read('a', 3), counts.read('b', 3)]);
  expect(asked.length).toBe(6);
});
