/** What all fault tests share: how often they do it, and what they tell of it. */
import type { TestContext } from 'vitest';
import type { Taken } from '../crash/load.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** one line, for the reporter of `npm run test:faults` */
    summary?: string;
  }
}

const isLong = process.env['FAULTS'] === 'long';

/** How often: a few times in `npm test`, many in `npm run test:faults`. */
export function times(short: number, long: number): number {
  return isLong ? long : short;
}

/** For a whole test, which the long form may take minutes for. */
export const timeoutMs = isLong ? 30 * 60_000 : 120_000;
/** For a condition, on a machine that has much else to do. */
export const pollTimeoutMs = 60_000;

/** Adds up what the rounds of a test found. */
export function addUp(rounds: Taken[]): Taken {
  const sum = (pick: (taken: Taken) => number) => rounds.reduce((total, one) => total + pick(one), 0);
  return {
    acknowledged: sum((one) => one.acknowledged),
    taken: sum((one) => one.taken),
    sum: sum((one) => one.sum),
  };
}

/** Says in one line what was done and found. */
export function tell(
  { task }: TestContext,
  done: string,
  { acknowledged, taken, sum }: Taken,
  more = '',
): void {
  task.meta.summary = `${done}; ${acknowledged} acknowledged, ${taken} taken once each, sum of money ${sum} as the model’s, no update left waiting${more}`;
}
