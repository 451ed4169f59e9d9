import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Invalid } from '../fault.ts';
import { parseJson } from '../json/json.ts';
import { formatMoney, readMoney } from './money.ts';

/** Ten-thousandths: the exact amount, which the canonical text is compared with. */
const amounts = fc.bigInt({ min: 0n, max: 999_999_999_999n });

/** The amount with all four digits after the point, as the database writes it. */
function databaseText(amount: bigint): string {
  return `${amount / 10_000n}.${String(amount % 10_000n).padStart(4, '0')}`;
}

function canonical(amount: bigint): string {
  return databaseText(amount).replace(/0{1,2}$/, '');
}

describe('money', () => {
  test('is the same amount in every spelling, to the last digit', () => {
    const spelling = fc.record({ zerosBefore: fc.nat(3), zerosKept: fc.nat(4), isBare: fc.boolean() });
    fc.assert(
      fc.property(amounts, spelling, (amount, { zerosBefore, zerosKept, isBare }) => {
        const [integer = '', fraction = ''] = databaseText(amount).split('.');
        const digits = fraction.replace(/0+$/, '');
        const shown = digits.padEnd(Math.max(digits.length, zerosKept), '0');
        const before = isBare && integer === '0' && shown !== '' ? '' : '0'.repeat(zerosBefore) + integer;
        const text = shown === '' ? before : `${before}.${shown}`;
        expect(readMoney(text)).toBe(canonical(amount));
        expect(readMoney(` ${text} `)).toBe(canonical(amount));
      }),
    );
  });

  test.each([
    ['15.00000', '15.00'],
    ['1.2345000', '1.2345'],
    ['0.00000', '0.00'],
    ['-0.000000', '0.00'],
    ['.50000', '0.50'],
    [parseJson('12.500000'), '12.50'],
    [`1.${'0'.repeat(60_000)}`, '1.00'],
  ])('ends in as many zeros as a sender likes', (sent, read) => {
    expect(readMoney(sent)).toBe(read);
  });

  test('keeps its digits as a JSON number too', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(readMoney(parseJson(databaseText(amount)))).toBe(canonical(amount));
      }),
    );
  });

  test('comes back from the database as it went there', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(formatMoney(databaseText(amount))).toBe(canonical(amount));
        expect(readMoney(formatMoney(databaseText(amount)))).toBe(canonical(amount));
      }),
    );
  });

  test.each([
    ['0', '0.00'],
    ['12.5', '12.50'],
    ['.5', '0.50'],
    ['5.', '5.00'],
    ['007', '7.00'],
    ['0.0001', '0.0001'],
    ['99999999.9999', '99999999.9999'],
    [0.1, '0.10'],
    [100, '100.00'],
  ])('%s reads as %s', (sent, read) => {
    expect(readMoney(sent)).toBe(read);
  });

  test.each([
    '',
    ' ',
    '.',
    '-1',
    '+1',
    '1e3',
    '1E3',
    '$5',
    '5 EUR',
    '1,000',
    '1.2.3',
    '0x10',
    '١٢',
    'NaN',
    'Infinity',
    '0.00001',
    '1.50001',
    '12.500010',
    '100000000',
    -1,
    1e21,
    Number.NaN,
    true,
    null,
    undefined,
    {},
    ['1'],
  ])('%j is rejected', (sent) => {
    expect(readMoney(sent)).toBeInstanceOf(Invalid);
  });

  test.each(['1e2', '1.23456', '0.10000000000000001', '123456789012345678'])(
    'the JSON number %s is rejected, not rounded',
    (text) => {
      expect(readMoney(parseJson(text))).toBeInstanceOf(Invalid);
    },
  );
});
