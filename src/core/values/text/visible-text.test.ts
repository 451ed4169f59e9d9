import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePoint } from './code-point.arbitrary.ts';
import { visibleLines, visibleText } from './visible-text.ts';

test.each([
  ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['paid\u202egnp.exe', 'paid\\u202egnp.exe'],
  ['a\rb\tc\u009bd\u200be', 'a\\rb\\tc\\u009bd\\u200be'],
  ['two\nlines', 'two\\nlines'],
  ['a\u00adb\u034fc\u3164d\u{e0041}e', 'a\\u00adb\\u034fc\\u3164d\\u{e0041}e'],
  ['\ufffbx\ud800y', '\\ufffbx\\ud800y'],
  ['Zoë, 日本, 👍, naïve', 'Zoë, 日本, 👍, naïve'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('whatever the text, nothing is left that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), (text) => {
      expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
      expect(visibleLines(text).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
