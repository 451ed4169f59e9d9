import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Invalid } from './fault.ts';
import { isCountry, readPhone } from './phone.ts';

describe('a phone number', () => {
  test.each([
    ['+15550100123', 'US', '+15550100123'],
    ['+1 (555) 010-0123', 'DE', '+15550100123'],
    ['(212) 555-0123', 'US', '+12125550123'],
    ['212.555.0123', 'US', '+12125550123'],
    ['1-212-555-0123', 'US', '+12125550123'],
    [2125550123, 'US', '+12125550123'],
    ['030 901820', 'DE', '+4930901820'],
    ['0044 20 7946 0958', 'DE', '+442079460958'],
    ['+44 20 7946 0958', 'US', '+442079460958'],
    ['011 44 20 7946 0958', 'US', '+442079460958'],
    ['0044 20 7946 0958', 'US', '+442079460958'],
    ['0012125550123', 'US', '+12125550123'],
    ['tel:+12125550123', 'US', '+12125550123'],
    [' 12125550123', 'US', '+12125550123'],
    [' 442079460958', 'US', '+442079460958'],
    ['  (212) 555-0123 ', 'US', '+12125550123'],
  ])('%s in %s reads as %s', (sent, country, read) => {
    expect(readPhone(sent, country)).toBe(read);
  });

  test('is the same in every common notation', () => {
    const area = fc.constantFrom('212', '310', '404', '617', '702');
    const line = fc.integer({ min: 0, max: 9_999 }).map((number) => String(number).padStart(4, '0'));
    const notation = fc.constantFrom(
      (a: string, l: string) => `(${a}) 555-${l}`,
      (a: string, l: string) => `${a}-555-${l}`,
      (a: string, l: string) => `${a}.555.${l}`,
      (a: string, l: string) => `${a} 555 ${l}`,
      (a: string, l: string) => `${a}555${l}`,
      (a: string, l: string) => `1${a}555${l}`,
      (a: string, l: string) => `+1${a}555${l}`,
      (a: string, l: string) => ` 1${a}555${l}`,
      (a: string, l: string) => `001${a}555${l}`.replace(/^00/, '+'),
    );
    fc.assert(
      fc.property(area, line, notation, (a, l, write) => {
        expect(readPhone(write(a, l), 'US')).toBe(`+1${a}555${l}`);
      }),
    );
  });

  test.each([
    '',
    '12',
    'anonymous',
    'Restricted',
    '+',
    '+999',
    '00999',
    'call +12125550123 now',
    null,
    true,
    {},
    '1'.repeat(65),
  ])('%j is rejected with a code of its own', (sent) => {
    const read = readPhone(sent, 'US');
    expect(read).toBeInstanceOf(Invalid);
    expect(read).toMatchObject({ code: 'invalid_phone_number' });
  });
});

test.each([
  ['US', true],
  ['DE', true],
  ['XX', false],
  ['us', false],
])('%s is a country: %s', (code, expected) => {
  expect(isCountry(code)).toBe(expected);
});
