import { describe, expect, test } from 'vitest';
import { proposeColumns, proposeHeaderLine, proposeNotation } from './propose-columns.ts';

const notationOf = (...cells: string[]) => {
  const rows = cells.map((cell) => [cell]);
  const columns = proposeColumns(['x'], rows);
  return { looks: columns[0]?.looks, ...proposeNotation(columns, rows) };
};

describe('how amounts are written', () => {
  test.each([
    [['$1,234.50', '$33.00'], 'point'],
    [['12.50', '7'], 'point'],
    [['(33.00)', '-$5.25'], 'point'],
    [['12.5 USD', 'USD 3.00'], 'point'],
    [['1.234,50 €', '12,50'], 'comma'],
    [['1,234.50', '12,5'], null],
    [['1.000', '2.000'], null],
  ])('%j: %s', (cells, amounts) => {
    expect(notationOf(...cells)).toMatchObject({ looks: 'money', amounts });
  });

  test.each([
    [['213-555-0142']],
    [['+12135550142']],
    [['1', '2']],
    [['CA1', 'CA2']],
    [['01/13/2026']],
    [['']],
  ])('%j are no amounts', (cells) => {
    expect(notationOf(...cells).looks).not.toBe('money');
  });
});

describe('the order of day and month', () => {
  test.each([
    [['01/13/2026 08:18 PM', '02/03/2026'], 'us', null],
    [['13.01.2026 20:18', '02.03.2026'], 'eu', null],
    [['01/02/2026', '03/04/26'], null, '01/02/2026'],
    [['13/01/2026', '01/13/2026'], null, '13/01/2026'],
    [['2026-01-13'], null, null],
  ])('%j: %s', (cells, dates, ambiguousDate) => {
    expect(notationOf(...cells)).toMatchObject({ looks: 'time', dates, ambiguousDate });
  });
});

test('two columns are never proposed for one field', () => {
  const columns = proposeColumns(['Payout', 'Publisher Payout', 'x'], []);
  expect(columns.map(({ field }) => field)).toEqual(['publisher_paid_out', null, null]);
});

test('a log of calls is recognized by the names that platforms give its columns', () => {
  const names = [
    'Call ID',
    'Caller',
    'Started',
    'Talk time',
    'Duration',
    'DNIS',
    'Campaign Name',
    'Affiliate',
    'Target',
  ];
  expect(proposeColumns(names, []).map(({ field }) => field)).toEqual([
    ...[
      'call_log_id',
      'phone_number',
      'started_at',
      'connected_seconds',
      'duration_seconds',
      'tracking_number',
    ],
    ...['campaign', 'publisher', 'buyer'],
  ]);
});

test('the header is the first full line without numbers and dates', () => {
  const lines = [
    { line: 1, cells: ['Report', '', ''] },
    { line: 3, cells: ['Call ID', 'Payout', 'Date'] },
    { line: 4, cells: ['A1', '12.50', '01/13/2026'] },
  ];
  expect(proposeHeaderLine(lines)).toBe(3);
  expect(proposeHeaderLine(lines.slice(2))).toBe(4);
  expect(proposeHeaderLine([])).toBe(null);
});
