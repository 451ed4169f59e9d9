/** `GET /reports/calls`: the numbers are those of the raw rows, to the last digit and in the account's days. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

const server = useServer();
let rows: Row[];

type Row = {
  started_at: Date;
  state: string;
  converted: boolean;
  revenue_paid_out: string | null;
  publisher_paid_out: string | null;
  no_payout_reason: string | null;
  campaign: string | null;
  publisher: string | null;
  buyer: string | null;
};

const partners = ['campaign', 'publisher', 'buyer'] as const;
const [from, to] = ['2026-10-20', '2026-11-10'];

beforeAll(async () => {
  // Awkward on purpose: amounts that no float adds up, midnights, names of every kind, and calls beyond the period.
  await server.database.query(`
    insert into call (account_id, call_log_id, state, started_at, campaign, publisher, buyer, converted, revenue_paid_out,
      publisher_paid_out, no_payout_reason, tags, created_at, updated_at)
    select (select account_id from account), 'R' || n, case when n % 40 = 0 then 'live' else 'completed' end,
      '2026-10-18'::timestamptz + n % 7 * interval '3 days 5 hours 59 minutes 59.999 s' + n * interval '3 minutes 1 ms',
      case n % 5 when 0 then null when 1 then '' else 'Campaign "' || n % 5 || '" ,=<b>' end,
      'P' || n % 150, case when n % 3 > 0 then 'B' || n % 3 end, n % 4 = 1,
      case when n % 9 > 0 then (n * 7919 % 100000) * 0.1037 end, case when n % 8 > 0 then (n * 104729 % 3001) * 0.0333 end,
      case n % 6 when 0 then 'Caps exceeded' when 1 then 'Condition not met' end, '{}', now(), now()
    from generate_series(1, 6000) as n;
    insert into call (account_id, call_log_id, state, started_at, converted, revenue_paid_out, tags, created_at, updated_at)
    select (select account_id from account), 'M' || n, 'completed', at + (n % 2) * interval '1 ms', true, 99999999.9999, '{}', now(), now()
    from generate_series('2026-10-19T21:59:59.999Z'::timestamptz, '2026-11-11T12:00:00Z', '1 hour') with ordinality as t(at, n)`);
  rows = (await server.database.query('select * from call')) as Row[];
});

const units = (money: string | null) => BigInt((money ?? '0.0000').replace('.', ''));
function text(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(5, '0');
  const whole = `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/0{1,2}$/, '');
  return `${amount < 0n ? '-' : ''}${whole}`;
}

/** The sums of raw rows, added up here with whole numbers. */
function sumsOf(some: Row[]) {
  const sum = (amount: (row: Row) => string | null) =>
    some.reduce((total, row) => total + units(amount(row)), 0n);
  const revenue = sum((row) => row.revenue_paid_out);
  const statusOf = (row: Row) =>
    row.state === 'live' ? 'pending' : row.no_payout_reason === null ? 'owed' : 'held';
  const payout = (status: string) => sum((row) => (statusOf(row) === status ? row.publisher_paid_out : null));
  const owed = payout('owed');
  const converted = some.filter((row) => row.converted).length;
  const rate = some.length === 0 ? null : Math.round((converted * 20_000) / some.length / 2);
  return {
    calls: some.length,
    live: some.filter((row) => row.state === 'live').length,
    converted,
    conversion_rate: rate === null ? null : text(BigInt(rate)),
    revenue: text(revenue),
    payout_owed: text(owed),
    payout_held: text(payout('held')),
    payout_pending: text(payout('pending')),
    profit: text(revenue - owed),
  };
}

function groupsOf(some: Row[], keyOf: (row: Row) => string | null): Map<string | null, Row[]> {
  const groups = new Map<string | null, Row[]>();
  for (const row of some) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

async function report(query: Record<string, string>) {
  const {
    status,
    json,
    text: body,
  } = await server.api('GET', `/reports/calls?${new URLSearchParams(query)}`);
  expect(status, body).toBe(200);
  return json;
}

describe.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia'])(
  'in %s',
  (timeZone) => {
    const dateFormat = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    const dateOf = (row: Row) => dateFormat.format(row.started_at);
    let inPeriod: Row[];

    beforeAll(async () => {
      await server.api('PATCH', '/account', { time_zone: timeZone });
      inPeriod = rows.filter((row) => dateOf(row) >= from && dateOf(row) <= to);
      expect(inPeriod.length).toBeLessThan(rows.length);
    });

    test('days, with those on which the clocks change, are those of the raw rows', async () => {
      const { rows: days, totals, ...rest } = await report({ from, to });
      expect(rest).toMatchObject({ by: 'day', time_zone: timeZone, rest: null });
      const groups = groupsOf(inPeriod, dateOf);
      expect(days.map(({ key }: { key: string }) => key)).toEqual([...groups.keys()].sort());
      for (const { key, ...sums } of days) expect([key, sums]).toEqual([key, sumsOf(groups.get(key) ?? [])]);
      expect(totals).toEqual(sumsOf(inPeriod));
    });

    test.each(partners)('so is every %s, with those that name none', async (by) => {
      const answer = await report({ by, from, to, limit: '500' });
      const groups = groupsOf(inPeriod, (row) => row[by]);
      expect(answer.rows.length).toBe(groups.size);
      for (const { key, ...sums } of answer.rows) {
        expect([key, sums]).toEqual([key, sumsOf(groups.get(key) ?? [])]);
      }
      expect(answer).toMatchObject({ rest: null, totals: sumsOf(inPeriod) });
    });
  },
);

test.each([
  'revenue',
  'payout_owed',
  'payout_held',
  'payout_pending',
  'profit',
  'calls',
  'converted',
] as const)('the greatest come first by %s, and the rest is summed up', async (order) => {
  const all = await report({ by: 'publisher', from, to, order, limit: '500' });
  const some = await report({ by: 'publisher', from, to, order, limit: '7' });
  expect(some.rows).toEqual(all.rows.slice(0, 7));
  expect(some.totals).toEqual(all.totals);
  const amounts: bigint[] = all.rows.map((row: Record<string, string | number>) =>
    BigInt(Math.round(Number(row[order]) * 10_000)),
  );
  expect(amounts).toEqual([...amounts].sort((one, other) => (one < other ? 1 : -1)));
  const shown = new Set(some.rows.map(({ key }: { key: string }) => key));
  const { groups, ...sums } = some.rest;
  expect(groups).toBe(all.rows.length - 7);
  const days = new Intl.DateTimeFormat('sv-SE', { timeZone: all.time_zone, dateStyle: 'short' });
  const isIn = (row: Row) => days.format(row.started_at) >= from && days.format(row.started_at) <= to;
  expect(sums).toEqual(sumsOf(rows.filter((row) => isIn(row) && !shown.has(row.publisher))));
});

test('it is narrowed to a campaign, publisher or buyer, and to instants', async () => {
  const instants = { from: '2026-10-25T10:00:00Z', to: '2026-10-27T10:00:00.001Z' };
  const { totals } = await report({ ...instants, publisher: 'P7', buyer: 'B1', by: 'campaign' });
  const some = rows.filter(
    (row) =>
      row.started_at >= new Date(instants.from) &&
      row.started_at < new Date(instants.to) &&
      row.publisher === 'P7' &&
      row.buyer === 'B1',
  );
  expect(totals).toEqual(sumsOf(some));
});

test('a period without calls is all zeros, and today is the period if none is named', async () => {
  const empty = await report({ from: '2020-02-28', to: '2020-03-01' });
  expect(empty.rows.map(({ key }: { key: string }) => key)).toEqual([
    '2020-02-28',
    '2020-02-29',
    '2020-03-01',
  ]);
  for (const sums of [empty.totals, ...empty.rows]) expect(sums).toMatchObject(sumsOf([]));
  expect((await report({ from: '2020-02-28', to: '2020-03-01', by: 'buyer' })).rows).toEqual([]);
  await server.api('PATCH', '/account', { time_zone: 'UTC' });
  const today = await report({});
  expect(today.rows).toMatchObject([{ key: today.from.slice(0, 10) }]);
});

test('a report has up to 400 days, of which one may have 25 hours', async () => {
  await server.api('PATCH', '/account', { time_zone: 'America/New_York' });
  expect((await report({ from: '2025-10-01', to: '2026-11-04' })).rows).toHaveLength(400);
  expectProblem(
    await server.api('GET', '/reports/calls?from=2025-10-01&to=2026-11-05'),
    422,
    'invalid_value',
  );
});

test('what makes no report is rejected', async () => {
  const cases: [string, string][] = [
    ['from=2026-11-02&to=2026-11-01', 'to'],
    ['from=2020-01-01&to=2026-11-01', 'to'],
    ['from=yesterday', 'from'],
    ['by=hour', 'by'],
    ['order=name', 'order'],
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
  ];
  for (const [query, field] of cases) {
    const answer = await server.api('GET', `/reports/calls?${query}`);
    expectProblem(answer, 422, 'invalid_value');
    expect([query, answer.json.errors]).toMatchObject([query, [{ field }]]);
  }
  expectProblem(await server.api('GET', '/reports/calls?group=day'), 422, 'unknown_field');
});
