import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moneyOf, unitsOf } from './money-units.ts';

test.each([
  ['0.00', 0n],
  ['12.50', 125_000n],
  ['0.0001', 1n],
  ['99999999.9999', 999_999_999_999n],
  ['-0.25', -2_500n],
  ['-12.345', -123_450n],
])('%s is %s units, and back', (money, units) => {
  expect(unitsOf(money)).toBe(units);
  expect(moneyOf(units)).toBe(money);
});

test('sums are exact where floats are not', () => {
  const tenth = unitsOf('0.10');
  expect(moneyOf(tenth + tenth + tenth)).toBe('0.30');
  expect(
    moneyOf(Array.from({ length: 1_000_000 }, () => unitsOf('99999999.9999')).reduce((a, b) => a + b)),
  ).toBe('99999999999900.00');
});

test('every amount comes back as it was', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (units) => {
      expect(unitsOf(moneyOf(units))).toBe(units);
    }),
  );
});
