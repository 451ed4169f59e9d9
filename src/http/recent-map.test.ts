import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('what was used longest ago goes first; a look is no use', () => {
  const map = new RecentMap<number>(3);
  for (const [at, key] of ['a', 'b', 'c'].entries()) map.set(key, at);
  expect(map.get('a')).toBe(0);
  expect(map.peek('b')).toBe(1);
  map.set('d', 3);
  expect(['a', 'b', 'c', 'd'].map((key) => map.peek(key))).toEqual([0, undefined, 2, 3]);
  map.set('c', 4);
  map.set('e', 5);
  expect(['a', 'c', 'd', 'e'].map((key) => map.peek(key))).toEqual([undefined, 4, 3, 5]);
  expect(map.size).toBe(3);
});

test('what is deleted leaves its room', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 0);
  map.set('b', 1);
  map.delete('a');
  map.set('c', 2);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([undefined, 1, 2]);
});
