import { randomUUIDv7 } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIdMaker, instantOfId } from './ordered-id.ts';

/** How many ids a millisecond has left depends on what its first one ends with. */
test.each(['0000000', 'ffffff0', 'fffffff'])(
  'ids that count from %s are in their order, whatever the clock does',
  (end) => {
    const start = Date.UTC(2040, 0, 1);
    let clockMs = start;
    const makeId = createIdMaker(
      () => clockMs,
      () => randomUUIDv7().slice(0, 29) + end,
    );
    const ids: string[] = [];
    for (const ms of [0, 0, 5, 5, -3_600_000, -3_600_000, 5, 6, 7, 3_000]) {
      clockMs = start + ms;
      for (let made = 0; made < 40; made += 1) ids.push(makeId());
      if (ms === 3_000) expect(instantOfId(ids.at(-40) ?? '')).toBe('2040-01-01T00:00:03.000Z');
    }
    expect(ids).toEqual([...new Set(ids)].toSorted());
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  },
);
