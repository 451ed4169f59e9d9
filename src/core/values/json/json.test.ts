import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../text/code-point.arbitrary.ts';
import { parseJson, storableJson, textOf } from './json.ts';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const integer = fc.oneof(
  fc.constant('0'),
  digits(0, 24).map((rest) => `7${rest}`),
);
const fraction = fc.oneof(
  fc.constant(''),
  digits(1, 24).map((rest) => `.${rest}`),
);
const exponent = fc.constantFrom('', '', 'e3', 'E-7', 'e+12');
const numberText = fc
  .tuple(fc.constantFrom('', '-'), integer, fraction, exponent)
  .map((parts) => parts.join(''));

/** What a decimal is worth, as a whole number of its last possible digit. */
function worth(text: string): bigint {
  const [, sign, whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const scaled = BigInt(whole + part) * 10n ** BigInt(60 + Number(power) - part.length);
  return sign === '-' ? -scaled : scaled;
}

test('a number keeps its exact value in every position', () => {
  fc.assert(
    fc.property(numberText, fc.constantFrom('', ' 0.123456', '"1e5"'), (text, neighbour) => {
      const read = parseJson(`{"a":[${text}],"b":"${neighbour.replaceAll('"', '')}"}`);
      const [first] = Object.values(Object(read));
      expect(worth(textOf(Object(first)[0]) ?? '')).toBe(worth(text));
    }),
    { numRuns: 500 },
  );
});

test('a number that a float cannot hold is written as it was read', () => {
  const text = '{"a":12.34000000000000000001,"b":[1e2,12345678901234567890],"c":0.1}';
  expect(JSON.stringify(parseJson(text))).toBe(text);
});

test('what is not JSON, or nests too deep, is a SyntaxError and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.json()), (text) => {
      try {
        parseJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
  );
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
    expect(() => parseJson(nested(32))).not.toThrow();
    for (const levels of [33, 10_000]) expect(() => parseJson(nested(levels))).toThrow(SyntaxError);
  }
});

describe('storable JSON', () => {
  const wild = fc
    .array(fc.constantFrom('\0', '\ud800', '\udc00', '😀', '\\', '\\u0000', '"', 'u0000', 'a'))
    .map((parts) => parts.join(''));

  test('holds neither NUL nor half a surrogate pair, and is the same otherwise', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const stored = JSON.parse(storableJson(JSON.stringify({ text })));
        expect(stored.text).toBe(text.replaceAll('\0', '\ufffd').toWellFormed());
      }),
      { numRuns: 500 },
    );
  });

  test('takes escapes in either case and leaves whole pairs alone', () => {
    expect(storableJson('"\\uD83D\\uDE00 \\ud83d\\ude00 \\uDABC \\uD83D\\uD83D\\uDE00 \\\\u0000"')).toBe(
      '"\\uD83D\\uDE00 \\ud83d\\ude00 \\ufffd \\ufffd\\uD83D\\uDE00 \\\\u0000"',
    );
  });
});
