/** What no index knows is looked for in steps: pages may be short then, and still no call is missed or told twice. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { payoutStatuses } from '../../../src/core/calls/call.ts';
import type { CallFilter } from '../../../src/store/calls/list/call-filter.ts';
import { type CallCursor, listCalls } from '../../../src/store/calls/list/call-list.ts';
import { closeDb, type Db, openDb } from '../../../src/store/database/connections/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const accountId = '0199aaaa-0000-7000-8000-000000000001';
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb({ connectionString: database.url }, 1, () => {});
  await database.query(`
    insert into call (account_id, call_log_id, state, phone_number, started_at, campaign, publisher, converted, no_payout_reason, tags, created_at, updated_at)
    select '${accountId}', case n % 2 when 0 then 'CA' else 'ü' end || n, case when n % 7 = 0 then 'live' else 'completed' end,
      '+1415555' || n % 5, timestamptz '2026-11-01 00:00Z' + n / 3 * interval '1 hour', 'Campaign ' || n % 3, 'Publisher ' || n % 4,
      n % 11 = 0, case when n % 13 = 0 then 'Caps exceeded' end,
      case when n % 17 = 0 then '{"deal":"won"}' when n % 5 = 0 then '{"deal":"lost"}' else '{}' end::jsonb, now(), now()
    from generate_series(1, 300) as n`);
});

afterAll(async () => {
  await closeDb(db);
  await database.drop();
});

/** All pages: their calls, and how many were cut short. */
async function readAll(filter: CallFilter, limit: number, steps: number[], isOldestFirst = false) {
  const ids: string[] = [];
  let cutShort = 0;
  let after: CallCursor | null = null;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await listCalls(db, accountId, filter, limit, after, isOldestFirst, steps);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map((call) => call.callLogId));
    if (page.isCutShort) cutShort += 1;
    if (page.cursor === null) return { ids, cutShort };
    after = page.cursor;
  }
  throw new Error('the list has no end');
}

const wholeSteps = [1_000];
const filterArbitrary: fc.Arbitrary<CallFilter> = fc.record(
  {
    converted: fc.boolean(),
    held: fc.boolean(),
    payoutStatus: fc.constantFrom(...payoutStatuses),
    state: fc.constantFrom('live', 'completed'),
    campaign: fc.constantFrom('Campaign 1', 'Campaign 9'),
    tag: fc.constantFrom('deal', 'deal:won', 'none'),
    search: fc.constantFrom(
      { text: 'CA', phoneNumber: null },
      { text: 'ü1', phoneNumber: null },
      { text: 'publisher 2', phoneNumber: null },
      { text: 'er 2', phoneNumber: null, names: 'many' as const },
      { text: '+14155553', phoneNumber: '+14155553' },
    ),
    to: fc.constant('2026-11-03T12:00:00.000Z'),
  },
  { requiredKeys: [] },
);

test('small steps find the same calls in the same order as one look at all', async () => {
  const limits = fc.integer({ min: 1, max: 40 });
  const steps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      filterArbitrary,
      limits,
      steps,
      fc.boolean(),
      async (filter, limit, some, isOldestFirst) => {
        const whole = await readAll(filter, 500, wholeSteps);
        const ids = isOldestFirst ? whole.ids.toReversed() : whole.ids;
        expect((await readAll(filter, limit, some, isOldestFirst)).ids).toEqual(ids);
      },
    ),
    { numRuns: 60 },
  );
});

test('a page ends, short or empty, when enough calls were looked at', async () => {
  const page = await listCalls(db, accountId, { tag: 'none' }, 50, null, false, [10, 20]);
  expect(page).toMatchObject({ items: [], isCutShort: true });
  const [last] = await database.query(
    'select call_log_id from call order by started_at desc, call_log_id desc offset 29 limit 1',
  );
  expect(page.cursor?.callLogId).toBe(last?.['call_log_id']);
});

test('a search finds parts of names, whether few or many names have them', async () => {
  const ids = async (search: CallFilter['search'] & object) =>
    (await readAll({ search }, 50, [40, 100])).ids.sort();
  for (const text of ['ER 2', 'paign', 'publisher', 'none'])
    expect(await ids({ text, phoneNumber: null, names: 'many' })).toEqual(
      await ids({ text, phoneNumber: null }),
    );
  expect(await ids({ text: 'ER 2', phoneNumber: null })).toHaveLength(75);
});

test('what indexes find is never cut short', async () => {
  for (const filter of [
    {},
    { campaign: 'Campaign 1' },
    { held: true },
    { search: { text: 'CA', phoneNumber: null } },
  ]) {
    expect((await readAll(filter, 7, [1])).cutShort).toBe(0);
  }
});
