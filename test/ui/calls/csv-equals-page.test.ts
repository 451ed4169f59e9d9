/** A file says what its page says: the same calls, amounts, times and sums. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
/** Where the clock went back on 1 November: days of 2026-11 are not those of UTC. */
const timeZone = 'America/New_York';
const offset = '-05:00';

beforeAll(async () => {
  await ui.server.api('PATCH', '/account', { time_zone: timeZone });
  const call = (id: string, fields: object) =>
    ui.server.createCall(id, { campaign: 'Roof repair', buyer: 'Acme', publisher: 'Search ads', ...fields });
  for (let at = 0; at < 60; at += 1) {
    await call(`C${at}`, {
      phone_number: at === 7 ? 'anonymous' : `+121355501${String(at).padStart(2, '0')}`,
      started_at: new Date(Date.UTC(2026, 10, 10, 12, at)).toISOString(),
      duration_seconds: 3_000 + at,
      converted: at % 2 === 0,
      ...(at % 3 !== 0 && { revenue_paid_out: `1234567.${String(at).padStart(4, '0')}` }),
      ...(at % 4 !== 0 && { publisher_paid_out: `0.${String(at).padStart(4, '0')}` }),
      ...(at % 5 === 1 && { no_payout_reason: 'Caps exceeded' }),
    });
  }
  // The last second of a day and the first of the next; another publisher; a call that goes on.
  await call('last', {
    started_at: `2026-11-15T23:59:59${offset}`,
    publisher_paid_out: '100.10',
    duration_seconds: 60,
  });
  await call('next', {
    started_at: `2026-11-16T00:00:00${offset}`,
    publisher_paid_out: '1000',
    duration_seconds: 60,
  });
  await call('other', {
    started_at: '2026-11-11T12:00:00Z',
    publisher: 'Radio',
    publisher_paid_out: '7',
    duration_seconds: 60,
  });
  await call('live', { started_at: '2026-11-12T12:00:00Z', state: 'live', revenue_paid_out: '5' });
});

type Row = Record<string, string>;

async function readFileOf(page: Page, link: Locator): Promise<Row[]> {
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return parse(await readFile(await file.path(), 'utf8'), { columns: true, bom: true });
}

/** Each row of a table by the names of its columns. */
async function rowsOf(table: Locator): Promise<Row[]> {
  const texts = (row: Locator, role: 'columnheader' | 'cell') => row.getByRole(role).allInnerTexts();
  const names = await texts(table.getByRole('row').first(), 'columnheader');
  const rows = await table.locator('tbody').getByRole('row').all();
  const cells = await Promise.all(rows.map((row) => texts(row, 'cell')));
  return cells.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]?.trim() ?? ''])));
}

const timeOf = (text = '') => {
  expect(text.slice(-offset.length)).toBe(offset); // the zone that the page names
  return text.slice(0, 19).replace('T', ' ');
};
/** As the page writes an amount, which is missing where there is none. */
const amountOf = (text = '') => (text === '' ? '–' : text.replace(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, ','));
function clockOf(seconds = ''): string {
  if (seconds === '') return '–';
  const parts = [Number(seconds) / 3_600, (Number(seconds) / 60) % 60, Number(seconds) % 60].map(Math.floor);
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Exact, in the fourth decimal. */
function sumOf(rows: readonly Row[], name: string): string {
  const units = rows.map((row) => {
    const [whole = '0', fraction = ''] = (row[name] || '0').split('.');
    return BigInt(whole + fraction.padEnd(4, '0'));
  });
  const digits = String(units.reduce((sum, one) => sum + one, 0n)).padStart(5, '0');
  const [whole, fraction] = [digits.slice(0, -4), digits.slice(-4)];
  return amountOf(`${whole}.${fraction.replace(/0{1,2}$/, '')}`);
}

test('the list of calls: its rows, its times in its zone, and its totals', async () => {
  const { page } = await ui.open('/calls?publisher=Search+ads&from=2026-11-10&to=2026-11-15&period=custom');
  const table = page.getByRole('table');
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => table.locator('tbody').getByRole('row').count()).toBe(62);
  await page.getByText(`All times are in ${timeZone} (UTC−05:00)`).waitFor();
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('radio', { name: 'Those that the table shows' }).check();
  const file = await readFileOf(page, page.getByRole('link', { name: 'Download' }));
  await page.keyboard.press('Escape');

  const shown = await rowsOf(table);
  expect(
    file.map((call) => ({
      Time: timeOf(call['started_at']),
      Caller: call['phone_number'] || 'Withheld or none',
      Campaign: call['campaign'],
      Publisher: call['publisher'],
      Buyer: call['buyer'],
      State: call['state'],
      Revenue: amountOf(call['revenue_paid_out']),
      Payout: (call['no_payout_reason'] ?? '') + amountOf(call['publisher_paid_out']),
      Converted: call['converted'] === 'true' ? 'yes' : '–',
    })),
  ).toEqual(
    shown
      .map(({ Caller = '', Duration: _duration, Tags: _tags, '': _box, ...row }) => ({
        ...row,
        Caller: Caller.startsWith('+') ? Caller : 'Withheld or none',
        Payout: row['Payout']?.replace(/\s+/g, ''),
      }))
      .map((row) => ({ ...row, Payout: row.Payout?.replace('Capsexceeded', 'Caps exceeded') })),
  );
  const completed = shown.filter(({ State }) => State === 'completed');
  const completedInFile = file.filter(({ state }) => state === 'completed');
  expect(completedInFile.map((call) => clockOf(call['duration_seconds']))).toEqual(
    completed.map(({ Duration }) => Duration),
  );

  const totals = (await page.getByLabel('Totals').locator('dt, dd').allInnerTexts()).join('\n');
  const [, calls, , , revenue] =
    /Calls\s+(\S+)\s+(1 live\s+)?Converted\s+(\S+)\s+\S+ %\s+Revenue\s+(\S+)/.exec(totals) ?? [];
  expect(calls).toBe(String(file.length));
  expect(totals).toMatch(/Converted\s+30\s/);
  expect(revenue).toBe(sumOf(file, 'revenue_paid_out'));
  const payout = (isHeld: boolean) =>
    sumOf(
      file.filter((call) => (call['no_payout_reason'] !== '') === isHeld),
      'publisher_paid_out',
    );
  expect(totals).toMatch(new RegExp(`Owed\\s+${payout(false)}\\s`));
  expect(totals).toMatch(new RegExp(`Held\\s+${payout(true)}\\s`));
});

test('the report of a publisher: what is owed, and what is held and why', async () => {
  const { page } = await ui.open(
    '/files/payouts?period=custom&from=2026-11-10&to=2026-11-15&publisher=Search+ads',
  );
  for (const [list, why] of [
    ['Owed', false],
    ['Held', true],
  ] as const) {
    const region = page.getByRole('region', { name: `${list} calls` }).last();
    await region.getByRole('table').waitFor();
    const link = page.getByRole('link', { name: `CSV of ${list.toLowerCase()} calls` });
    const file = await readFileOf(page, link);
    expect(file.map(({ publisher, payout_status }) => [publisher, payout_status])).toEqual(
      file.map(() => ['Search ads', list.toLowerCase()]),
    );
    expect(
      file.map((call) => ({
        Call: call['call_log_id'],
        Started: timeOf(call['started_at']),
        Caller: call['phone_number'] || 'withheld',
        Campaign: call['campaign'],
        ...(why && { 'Why it is held': call['no_payout_reason'] }),
        Payout: amountOf(call['publisher_paid_out']),
      })),
    ).toEqual(await rowsOf(region.getByRole('table')));
    const sum = sumOf(file, 'publisher_paid_out');
    expect(await region.locator('tfoot').textContent()).toMatch(new RegExp(`^Sum of all${sum}$`));
    const figure = page.locator('dl > div').filter({ hasText: list === 'Owed' ? /^Owed/ : /^Held/ });
    expect(await figure.textContent()).toContain(sum);
    expect(file.some((call) => call['call_log_id'] === 'last')).toBe(!why);
    expect(file.some((call) => ['next', 'other', 'live'].includes(call['call_log_id'] ?? ''))).toBe(false);
  }
});

test('a day has all of its hours where the clock goes back at its end', async () => {
  await ui.server.api('PATCH', '/account', { time_zone: 'America/Santiago' });
  for (const at of ['2025-04-06T02:30:00Z', '2025-04-06T03:30:00Z', '2025-04-06T04:00:00Z'])
    await ui.server.createCall(at, { started_at: at, publisher: 'Late' });
  const { page } = await ui.open('/calls?publisher=Late&from=2025-04-05&to=2025-04-05&period=custom');
  const rows = page.getByRole('table').locator('tbody').getByRole('row');
  await expect.poll(() => rows.count()).toBe(2);
});
