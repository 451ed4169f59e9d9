/** The overview in a browser: its numbers are those of the API and of the raw rows. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import type { TestWebhook } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
let webhook: TestWebhook;
const evil = '<script>window.hacked = true</script>';
const timeZone = 'America/New_York'; // its clocks went back on 2026-11-01
const period = '/overview?period=custom&from=2026-10-31&to=2026-11-02';

beforeAll(async () => {
  webhook = await ui.server.createWebhook('update_fields', { name: `Sender ${evil}` });
  await ui.server.api('PATCH', '/account', { time_zone: timeZone });
  await ui.server.database.query(`
    insert into call (account_id, call_log_id, state, started_at, campaign, publisher, buyer, converted, revenue_paid_out,
      publisher_paid_out, no_payout_reason, tags, created_at, updated_at)
    select (select account_id from account), 'O' || n, 'completed', '2026-10-31T00:00:00Z'::timestamptz + n * interval '17 minutes',
      case n % 3 when 0 then '${evil}' when 1 then 'Solar' end, 'P' || n % 70, 'B', n % 4 = 1, n * 0.1037, n * 0.0533,
      case when n % 6 = 0 then 'Caps exceeded' end, '{}', now(), now()
    from generate_series(1, 400) as n`);
});

/** Thousands apart, by the digits. */
const grouped = (amount: string) => amount.replace(/\B(?=(?:\d{3})+(?:\.|$))(?<!\.\d*)/g, ',');

describe('the numbers', () => {
  test('of the period are those of the raw rows, in the days of the account', async () => {
    const { page } = await ui.open(period);
    const figures = page.getByRole('region', { name: 'Revenue and payouts' }).getByRole('term');
    await figures.first().waitFor();
    const [raw] = await ui.server.database.query(
      `select count(*)::int as calls, sum(revenue_paid_out)::text as revenue,
         sum(publisher_paid_out) filter (where no_payout_reason is null)::text as owed,
         sum(publisher_paid_out) filter (where no_payout_reason is not null)::text as held,
         (sum(revenue_paid_out) - sum(publisher_paid_out) filter (where no_payout_reason is null))::text as profit,
         count(*) filter (where converted)::int as converted
       from call where (started_at at time zone $1)::date between '2026-10-31' and '2026-11-02'`,
      [timeZone],
    );
    const text = await page.getByRole('region', { name: 'Revenue and payouts' }).textContent();
    expect(Number(raw?.['calls'])).toBeGreaterThan(200);
    for (const name of ['revenue', 'owed', 'held', 'profit']) {
      expect(text).toContain(grouped(String(raw?.[name]).replace(/0{1,2}$/, '')));
    }
    expect(text).toContain(`Converted${raw?.['converted']}`);
  });

  test.each(['day', 'campaign', 'publisher', 'buyer'])(
    'by %s are those of the API, and lead to the calls',
    async (by) => {
      const { page } = await ui.open(`${period}&by=${by}`);
      const table = page.getByRole('region', { name: `By ${by}` });
      await table.getByText('Total').waitFor();
      const { json } = await ui.server.api('GET', `/reports/calls?by=${by}&from=2026-10-31&to=2026-11-02`);
      const rows = await table.getByRole('row').all();
      const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allInnerTexts()));
      type Sums = Record<string, string | number>;
      const written = (key: string, sums: Sums) => [
        key,
        ...[String(sums['calls']), String(sums['converted']), expect.stringMatching(/ %$|–/)],
        ...['revenue', 'payout_owed', 'payout_held', 'profit'].map((name) => grouped(String(sums[name]))),
      ];
      const lines = json.rows.map(({ key, ...sums }: Sums & { key: string | null }) =>
        written(key ?? `no ${by}`, sums),
      );
      if (by === 'day') lines.reverse();
      if (json.rest !== null) lines.push(written(`${json.rest.groups} more`, json.rest));
      expect(cells).toEqual([...lines, written('Total', json.totals)]);
      const href = await table.getByRole('link').first().getAttribute('href');
      expect(href).toMatch(
        by === 'day' ? /^\/calls\?from=2026-11-02&to=2026-11-02$/ : new RegExp(`^/calls\\?${by}=`),
      );
      expect(await page.evaluate<boolean>('"hacked" in window')).toBe(false);
    },
  );

  test('of another period come with its button, and the address keeps it', async () => {
    const { page } = await ui.open(period);
    await page.getByText('Today', { exact: true }).click();
    await page.waitForURL(/period=today$/);
    await page.getByText('No calls in this period').waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'By campaign' }).waitFor();
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-10-31');
  });
});

test('what goes on is counted as it happens, and a chart is a table, too', async () => {
  const { page } = await ui.open('/overview');
  await page.getByText('No postback was received yet, so there is nothing to check').waitFor();
  await page.getByRole('link', { name: 'System', exact: true }).click();
  await ui.server.createCall('now live', { state: 'live' });
  await ui.server.post(webhook, { call_log_id: 'now live', reason: 'r' });
  const now = page.getByRole('region', { name: 'Now' });
  await expect.poll(() => now.textContent()).toMatch(/Live calls\s*1\s*Queued updates\s*1/);
  await expect
    .poll(async () => {
      const counts = await now.getByRole('table').getByRole('row').allInnerTexts();
      return counts.filter((row) => /\b1\b/.test(row.replace(/^\d\d:\d\d/, ''))).length;
    })
    .toBe(1);
  await now.getByRole('columnheader', { name: 'Queued' }).waitFor();
});

test('what needs attention says why and leads there', async () => {
  for (let n = 0; n < 6; n += 1) await ui.server.post(webhook, { call_log_id: `lost ${n}`, reason: 'r' });
  const { page } = await ui.open('/overview');
  const list = page.getByRole('list', { name: 'Needs attention' });
  await list.getByText('found no call').waitFor();
  const text = await list.textContent();
  expect(text).toContain(`Sender ${evil} rejected 6 of `);
  expect(text).toContain('postbacks in the last hour');
  expect(text).toContain('Most frequent reason: no call has this id.');
  await list.getByRole('link', { name: '6 postbacks' }).click();
  await page.getByRole('list', { name: 'Postbacks without a call' }).getByText('lost 5').first().waitFor();
});

test('it is accessible in the light and in the dark, and fits a phone', async () => {
  const { page } = await ui.open(`${period}&by=publisher`, { isPhone: true });
  await page.getByRole('region', { name: 'By publisher' }).waitFor();
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});
