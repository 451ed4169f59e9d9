import { describe, expect, test } from 'vitest';
import { Invalid } from '../fault.ts';
import { ExactNumber } from '../json/json.ts';
import { checkText, readBoolean, readChoice, readText } from './text.ts';

describe('a boolean', () => {
  test.each([true, 1, '1', 'true', 'TRUE', 'yes', 'Yes', 'on', 'ON', ' true '])('%j is true', (sent) => {
    expect(readBoolean(sent)).toBe(true);
  });

  test.each([false, 0, '0', 'false', 'False', 'no', 'NO', 'off', ' off '])('%j is false', (sent) => {
    expect(readBoolean(sent)).toBe(false);
  });

  test.each([2, -1, 0.5, '', 'y', 't', 'null', '01', null, undefined, {}, []])('%j is rejected', (sent) => {
    expect(readBoolean(sent)).toBeInstanceOf(Invalid);
  });
});

describe('text', () => {
  test.each([
    ['  a b  ', 'a b'],
    [5, '5'],
    [new ExactNumber('0.12345678'), '0.12345678'],
    ['🙂'.repeat(10), '🙂'.repeat(10)],
    [` ${'x'.repeat(10)} `, 'x'.repeat(10)],
  ])('%j reads as %j', (sent, read) => {
    expect(readText(sent, 10)).toBe(read);
  });

  test.each([
    '',
    '   ',
    '\u200b',
    '\u3164 \u2800',
    'x'.repeat(11),
    '🙂'.repeat(11),
    '🙂'.repeat(6) + 'x'.repeat(5),
    true,
    null,
    {},
    ['x'],
  ])('%j is rejected', (sent) => {
    expect(readText(sent, 10)).toBeInstanceOf(Invalid);
  });

  test('that the database cannot hold is rejected', () => {
    expect(checkText('a\0b', 10)).toBeInstanceOf(Invalid);
    expect(checkText('a\ud800b', 10)).toBeInstanceOf(Invalid);
    expect(checkText('\udc00', 10)).toBeInstanceOf(Invalid);
  });
});

describe('a choice', () => {
  const reasons = ['Campaign preconversion', 'Condition not met', 'Caps exceeded'];

  test.each([
    ['Caps exceeded', 'Caps exceeded'],
    ['caps_exceeded', 'Caps exceeded'],
    ['CAPS-EXCEEDED', 'Caps exceeded'],
    [' condition_not-met ', 'Condition not met'],
    ['campaign preconversion', 'Campaign preconversion'],
  ])('%j is %j', (sent, choice) => {
    expect(readChoice(sent, reasons)).toBe(choice);
  });

  test.each(['', 'caps', 'capsexceeded', 'Caps  exceeded', 1, null, true])('%j is rejected', (sent) => {
    expect(readChoice(sent, reasons)).toBeInstanceOf(Invalid);
  });
});
