import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json.ts';
import { countNames, findRepeatedName } from './json-names.ts';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"b":{"c":[{"d":"x","d":"y"}]}}', 'd'],
  ['{"a":{"b":1},"a":{"b":2}}', 'a'],
  ['{"a":"1" , "\\u0061" : "2"}', 'a'],
  ['{"a":null,"a":[]}', 'a'],
])('%s has a name twice', (json, name) => {
  expect(findRepeatedName(json)).toBe(name);
  expect(() => parseJson(json)).toThrow(`"${name}" is there twice`);
});

test.each([
  '{"a":1,"a":1}',
  '{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}',
  '{"a":"\\",\\"a\\":","b":"a\\":1"}',
  '["a","a"]',
  '{}',
])('%s has none', (json) => {
  expect(findRepeatedName(json)).toBeNull();
  expect(parseJson(json)).toEqual(JSON.parse(json));
});

test('what a program writes has none, and no fewer names are counted than there are', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
      const json = JSON.stringify(value, null, indent);
      expect(findRepeatedName(json)).toBeNull();
      const members = (of: unknown): number =>
        typeof of !== 'object' || of === null
          ? 0
          : (Array.isArray(of) ? 0 : Object.keys(of).length) +
            Object.values(of).reduce<number>((sum, child) => sum + members(child), 0);
      expect(countNames(json)).toBeGreaterThanOrEqual(members(JSON.parse(json)));
    }),
  );
});
