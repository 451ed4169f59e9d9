import { describe, expect, test } from 'vitest';
import { Invalid } from '../values/fault.ts';
import {
  compareCall,
  missingHere,
  missingThere,
  type OurAmount,
  readStatementAmount,
  Totals,
} from './reconcile.ts';

const ours = (amount: string | null, more: Partial<OurAmount> = {}): OurAmount => ({
  callLogId: 'C',
  startedAt: '2026-11-01T00:00:00.000Z',
  amount,
  isHeld: false,
  isInPeriod: true,
  isPartners: true,
  ...more,
});
const theirs = (units: bigint, lines = 1) => ({ units, line: 7, lines });

describe('an amount of a statement', () => {
  test.each([
    ['12.5', 125_000n],
    [' 0.0001 ', 1n],
    [3, 30_000n],
    ['-2', -20_000n],
  ])('%j is read exactly', (value, units) => expect(readStatementAmount(value)).toBe(units));

  test.each(['$5', '1,000.00', '12,50', '1e3', '', '--1', '1.23456', '100000000', null])(
    '%j is rejected',
    (value) => expect(readStatementAmount(value)).toBeInstanceOf(Invalid),
  );
});

describe('a call that the statement names', () => {
  test.each([
    ['equal', 125_000n, '12.50', '0.00'],
    ['differs', 125_001n, '12.50', '0.0001'],
    ['differs', 120_000n, '12.50', '-0.50'],
    ['equal', 0n, null, '0.00'],
    ['differs', 10_000n, null, '1.00'],
  ])('is %s where theirs is %s units and ours is %s', (kind, units, amount, difference) => {
    const item = compareCall('C', theirs(units), ours(amount));
    expect(item).toMatchObject({ kind, ours: amount, difference, line: 7, note: null });
  });

  test('is missing here where there is no such call, or it is another partner’s', () => {
    expect(compareCall('C', theirs(10_000n), null)).toMatchObject({
      kind: 'missing_here',
      theirs: '1.00',
      ours: null,
      difference: '1.00',
      note: null,
    });
    const other = ours('1.00', { isPartners: false, isHeld: true });
    expect(compareCall('C', theirs(10_000n), other)).toMatchObject({
      kind: 'missing_here',
      ours: null,
      difference: '1.00',
      isHeld: false,
      note: 'other_partner',
    });
  });

  test('is compared outside the period too, and says so', () => {
    expect(compareCall('C', theirs(10_000n), ours('1.00', { isInPeriod: false }))).toMatchObject({
      kind: 'equal',
      note: 'outside_period',
    });
  });

  test('says that its amount is the sum of several lines, and that ours is held', () => {
    expect(compareCall('C', theirs(10_000n, 2), ours('1.00', { isHeld: true }))).toMatchObject({
      isHeld: true,
      note: 'several_lines',
    });
  });
});

test('a call that the statement lacks is missing there only where there is something to pay for it', () => {
  expect(missingThere(ours('1.50', { isHeld: true }))).toMatchObject({
    kind: 'missing_there',
    theirs: null,
    ours: '1.50',
    difference: '-1.50',
    isHeld: true,
  });
  expect(missingThere(ours(null))).toBeNull();
  expect(missingThere(ours('0.00'))).toBeNull();
});

test('totals are counts and exact sums by kind, and what is held', () => {
  const totals = new Totals();
  totals.add(compareCall('A', theirs(1_000n), ours('0.10')));
  totals.add(compareCall('B', theirs(2_000n), ours('0.20', { isHeld: true })));
  totals.add(compareCall('C', theirs(1_000n), ours('0.30')));
  totals.add(missingHere('+15550100123', null, 25_000n, 3));
  const lacking = missingThere(ours('7.00'));
  if (lacking !== null) totals.add(lacking);
  expect(totals.toJson()).toEqual({
    equal: { count: 2, theirs: '0.30', ours: '0.30', difference: '0.00', held: '0.20' },
    differs: { count: 1, theirs: '0.10', ours: '0.30', difference: '-0.20', held: '0.00' },
    missing_here: { count: 1, theirs: '2.50', ours: '0.00', difference: '2.50', held: '0.00' },
    missing_there: { count: 1, theirs: '0.00', ours: '7.00', difference: '-7.00', held: '0.00' },
  });
});
