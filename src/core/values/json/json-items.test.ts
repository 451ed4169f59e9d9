import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from '../text/code-point.arbitrary.ts';
import { type JsonFault, JsonItems } from './json-items.ts';

const limits = { levelsMax: 5, itemsMax: 50, valuesMax: 1_000 };

function read(text: string, piece = 7): { fault: JsonFault } | { shell: unknown; lists: unknown[][] } {
  const bytes = Buffer.from(text);
  const scan = new JsonItems(bytes, limits);
  while (!scan.isAtEnd) {
    const fault = scan.scan(piece);
    if (fault !== null) return { fault };
  }
  const lists = Array.from({ length: 4 }, (_, at) =>
    scan.itemsOf(at).map(({ from, to }) => JSON.parse(bytes.subarray(from, to).toString()) as unknown),
  );
  return { shell: JSON.parse(scan.shell), lists };
}

const value = fc.jsonValue({ maxDepth: 3, stringUnit: codePoint });
const items = fc.array(value, { maxLength: 8 });
const piece = fc.integer({ min: 1, max: 40 });
const space = fc.constantFrom('', ' ', '\n\t ', '\r\n');

test('the items of a list are the values that JSON.parse finds, in any pieces', () => {
  fc.assert(
    fc.property(items, piece, space, (sent, size, blank) => {
      const text = `${blank}[${blank}${sent.map((one) => JSON.stringify(one)).join(`${blank},${blank}`)}${blank}]${blank}`;
      expect(read(text, size)).toMatchObject({ shell: [0], lists: [JSON.parse(text), [], [], []] });
    }),
  );
});

test('lists in an object are found one by one, and the rest of the object stays', () => {
  fc.assert(
    fc.property(items, items, value, piece, (first, second, other, size) => {
      fc.pre(!Array.isArray(other));
      const text = JSON.stringify({ updates: first, 'a"[': second, other });
      expect(read(text, size)).toMatchObject({
        shell: { updates: [0], 'a"[': [1], other: JSON.parse(JSON.stringify(other)) },
        lists: [JSON.parse(JSON.stringify(first)), JSON.parse(JSON.stringify(second)), [], []],
      });
    }),
  );
});

test.each<[string, string, JsonFault]>([
  ['brackets alone', '['.repeat(100_000), 'too_deep'],
  ['a deep item', `[${'{"a":'.repeat(7)}1${'}'.repeat(7)}]`, 'too_deep'],
  ['many items', `[${'1,'.repeat(60)}1]`, 'too_many_items'],
  ['many values in one item', `[[${'[],'.repeat(1_000)}1]]`, 'too_many_values'],
])('%s are found before anything is parsed', (_name, text, fault) => {
  expect(read(text)).toEqual({ fault });
});

test.each(['[1,]', '[,1]', '[1,,2]', '[1 2]', '[1', '{"updates":[1}', '[1]]', '[1],[2]', '{"a":[1],}', ''])(
  '%j is no JSON: the shell or an item cannot be parsed',
  (text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  },
);

test('it never throws, whatever the bytes are', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', '1', ':') }),
      (text) => {
        const scan = new JsonItems(Buffer.from(text), limits);
        while (!scan.isAtEnd && scan.scan(3) === null) {}
        expect(typeof scan.shell).toBe('string');
      },
    ),
  );
});
