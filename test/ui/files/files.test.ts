/** Files in the browser: import, reconcile, payouts. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  const call = (id: string, fields: object = {}) =>
    ui.server.createCall(id, { started_at: '2026-11-10T15:00:00Z', publisher: 'Acme', ...fields });
  await call('C1', { publisher_paid_out: '10.00' });
  await call('C2', { publisher_paid_out: '12.50' });
  await call('C3', { publisher_paid_out: '8.00', no_payout_reason: 'Caps exceeded' });
  await call('C4', { publisher_paid_out: '20.00' });
  await call('D1', { publisher: 'Other', publisher_paid_out: '5.00' });
});

function choose(page: Page, name: string, content: string) {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) };
  return page.getByLabel('Choose a file').setInputFiles(file);
}

const column = (page: Page, name: string) => page.getByRole('columnheader').getByLabel(name, { exact: true });

async function save(page: Page, button: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await file.path(), 'utf8');
}

test('a file with a title, semicolons and decimal commas is mapped, previewed, imported and undone', async () => {
  const { page } = await ui.open('/files/import');
  await expectAccessible(page);
  const file = [
    'Sales of November;;;',
    'Call ID;Revenue;Result;Agent',
    'C1;1.250,50 €;Won;Ann',
    'C2;12,00;Lost;"Bob; ""the\nquick"""',
    'NONE;3,00;Won;Eve',
    '',
  ].join('\r\n');
  await choose(page, 'sales.csv', file);
  await page.getByRole('table').waitFor();
  expect(await page.getByLabel('Header line').inputValue()).toBe('2');
  expect(await page.getByLabel('Delimiter').inputValue()).toBe('semicolon');
  expect(await page.getByLabel('Amounts').inputValue()).toBe('comma');
  expect(await column(page, 'Call ID').inputValue()).toBe('call_log_id');
  expect(await column(page, 'Revenue').inputValue()).toBe('revenue_paid_out');
  await column(page, 'Result').selectOption('converted');
  await page.getByLabel('Won', { exact: true }).selectOption('true');
  await page.getByLabel('Lost', { exact: true }).selectOption('false');
  await column(page, 'Agent').selectOption('tag');
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByRole('tab', { name: 'Would change 2' }).waitFor();
  await page.getByText('1250.50').waitFor();
  expect(await ui.server.readCall('C1')).toMatchObject({ revenue_paid_out: null });

  await page.getByRole('button', { name: 'Import the file' }).click();
  await page.getByRole('tab', { name: 'Changed 2' }).waitFor();
  expect(await ui.server.readCall('C1')).toMatchObject({
    ...{ revenue_paid_out: '1250.50', converted: true },
    tags: { Agent: 'Ann' },
  });
  await page.getByRole('tab', { name: 'Rejected 1' }).click();
  await page.getByText('call_not_found').first().waitFor();
  await expectAccessible(page);
  const rejected = await save(page, 'Download rejected rows');
  const [header, row] = rejected.split('\r\n');
  expect(header).toBe('ringback_line;ringback_code;ringback_detail;Call ID;Revenue;Result;Agent');
  expect(row).toMatch(/^6;call_not_found;"[^"]+";NONE;3,00;Won;Eve$/);

  await page.getByRole('button', { name: 'Undo import' }).click();
  await page.getByRole('dialog').getByText('2 postbacks').waitFor();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('dialog').getByText('Undone:').waitFor();
  expect(await ui.server.readCall('C1')).toMatchObject({
    revenue_paid_out: null,
    converted: false,
    tags: {},
  });
});

test('the choices for a file are proposed again for the next one with its columns', async () => {
  const { page } = await ui.open('/files/import');
  await choose(page, 'october.csv', 'Call ID,Fee\nC4,1.25\n');
  await column(page, 'Fee').selectOption('revenue_paid_out');
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByRole('button', { name: 'Import the file' }).click();
  await page.getByRole('tab', { name: 'Changed 1' }).waitFor();
  await page.getByRole('button', { name: 'Another file' }).click();
  await page.getByText('october.csv').waitFor();
  await choose(page, 'november.csv', 'Call ID,Fee\nC4,1.75\n');
  await page.getByRole('table').waitFor();
  expect(await column(page, 'Fee').inputValue()).toBe('revenue_paid_out');
});

test('a long file goes in parts, the page stays responsive, and its rows keep their lines', async () => {
  const { page } = await ui.open('/files/import');
  const rows = Array.from({ length: 5_000 }, (_, at) => `X${at},1.00`);
  rows[4_321] = 'C4,77.00';
  await choose(page, 'long.csv', `Call ID,Revenue\n${rows.join('\n')}\n`);
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByRole('tab', { name: 'Would be rejected 4,999' }).waitFor();
  const seen = page.getByRole('tabpanel').getByRole('row').filter({ hasText: 'C4' });
  expect(await seen.getByRole('cell').first().textContent()).toBe('4323');
});

test('a log of past calls adds those that are not there', async () => {
  const { page } = await ui.open('/files/import');
  const file = [
    'Call Date,Inbound Call ID,Caller ID,Publisher,Time on call,Payout',
    '01/13/2026 08:18:22 PM,L1,(213) 555-0142,Acme,00:03:10,$5.00',
    '01/14/2026 08:18:22 AM,L2,,Acme,95,',
  ].join('\n');
  await choose(page, 'log.csv', file);
  await page.getByRole('radio', { name: 'Calls', exact: true }).check();
  expect(await column(page, 'Publisher').inputValue()).toBe('publisher'); // proposed by its name
  await page.getByText('Choose the column with the duration').waitFor();
  await column(page, 'Time on call').selectOption('duration_seconds');
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByRole('button', { name: 'Import the file' }).click();
  await page.getByRole('tab', { name: 'New calls 2' }).waitFor();
  expect(await ui.server.readCall('L1')).toMatchObject({
    ...{ state: 'completed', phone_number: '+12135550142', publisher: 'Acme', publisher_paid_out: '5.00' },
    ...{
      started_at: '2026-01-13T20:18:22.000Z',
      ended_at: '2026-01-13T20:21:32.000Z',
      duration_seconds: 190,
    },
  });
  expect(await page.getByRole('button', { name: 'Undo import' }).count()).toBe(0);
});

test('a file is read by the mapping of a webhook, goes through that webhook, and is undone', async () => {
  const { id } = await ui.server.createWebhook('update_fields', {
    name: 'Acme CRM',
    mapping: {
      fields: { call_log_id: 'Deal', revenue_paid_out: { from: 'Worth', as: 'money', currency: '$' } },
    },
  });
  await ui.server.createCall('M1');
  const { page } = await ui.open('/files/import');
  await choose(page, 'deals.csv', 'Deal,Worth\nM1,$7.25\n');
  await page.getByLabel('The columns are read').selectOption('by the mapping of Acme CRM');
  expect(await page.getByRole('radio', { name: 'Calls', exact: true }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByRole('tab', { name: 'Would change 1' }).waitFor();
  await page.getByRole('button', { name: 'Import the file' }).click();
  await page.getByRole('tab', { name: 'Changed 1' }).waitFor();
  expect(await ui.server.readCall('M1')).toMatchObject({ revenue_paid_out: '7.25' });
  // Of the webhook: the preview, and the row.
  expect((await ui.server.api('GET', `/postbacks?webhook_id=${id}`)).json.items.length).toBe(2);
  await page.getByRole('button', { name: 'Undo import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('dialog').getByText('Undone:').waitFor();
  expect(await ui.server.readCall('M1')).toMatchObject({ revenue_paid_out: null });
});

test('an import that is stopped goes on where it was, and does no row twice', async () => {
  const summed = await ui.server.createWebhook('update_fields', {
    name: 'Adds up',
    repeats: { revenue_paid_out: 'add' },
    mapping: { fields: { call_log_id: 'Id', revenue_paid_out: 'Amount', transaction_id: 'Row' } },
  });
  await ui.server.createCall('S1');
  const { page } = await ui.open('/files/import');
  const rows = Array.from({ length: 3_000 }, (_, at) => `S1,1.00,r${at}`);
  await choose(page, 'sums.csv', `Id,Amount,Row\n${rows.join('\n')}\n`);
  await page.getByLabel('The columns are read').selectOption({ value: summed.id });
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByText('3,000 rows', { exact: true }).waitFor();
  // The second part is held up until the import is stopped.
  let parts = 0;
  await page.route('**/api/v1/imports?*', async (route) => {
    parts += 1;
    if (parts === 2) return; // it is aborted with the import
    await route.continue();
  });
  await page.getByRole('button', { name: 'Import the file' }).click();
  await expect.poll(() => parts).toBe(2);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('rows, then stopped').waitFor();
  const { revenue_paid_out: half } = await ui.server.readCall('S1');
  expect(Number(half)).toBeGreaterThan(0);
  expect(Number(half)).toBeLessThan(3_000);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('3,000 rows', { exact: true }).waitFor();
  expect(await ui.server.readCall('S1')).toMatchObject({ revenue_paid_out: '3000.00' });
});

test('a file that is no text says what to do', async () => {
  const { page } = await ui.open('/files/import');
  await choose(page, 'book.csv', 'PK\u0003\u0004');
  await page.getByText('Excel workbook').waitFor();
});

test('a statement: differences first, selected ones are applied, and that is undone', async () => {
  const { page } = await ui.open('/files/reconcile');
  await page.getByLabel('First day').fill('2026-11-01');
  await page.getByLabel('Last day').fill('2026-11-30');
  await page.getByRole('combobox', { name: 'Publisher' }).fill('Acme');
  await page.getByRole('option', { name: 'Acme' }).click();
  const statement = 'Call ID,Payout\nC1,11.00\nC2,14.00\nC3,8.00\nC9,6.00\nTotal,,\n,39.00\n';
  await choose(page, 'acme.csv', statement);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('tab', { name: 'Amount differs 2' }).waitFor();
  await page.getByRole('tab', { name: 'Only in your records 1' }).waitFor();
  await page.getByRole('tab', { name: 'Cannot be read 1' }).waitFor();
  await expectAccessible(page);
  expect(await save(page, 'Download differences')).toContain('differs,2,"C1"');
  await page.getByLabel('Apply C2').uncheck();
  await page.getByRole('button', { name: 'Apply selected differences' }).click();
  await page.getByRole('tab', { name: 'Changed 1' }).waitFor();
  expect(await ui.server.readCall('C1')).toMatchObject({
    ...{ publisher_paid_out: '11.00', reason: 'Reconciled with acme.csv' },
  });
  expect(await ui.server.readCall('C2')).toMatchObject({ publisher_paid_out: '12.50' });
  await page.getByRole('button', { name: 'Undo import' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('dialog').getByText('Undone:').waitFor();
  expect(await ui.server.readCall('C1')).toMatchObject({ publisher_paid_out: '10.00' });
});

test('payouts: from all publishers to the calls of one, held ones apart, as CSV and on paper', async () => {
  const { page } = await ui.open('/files/payouts?period=custom&from=2026-11-09&to=2026-11-15');
  await page.getByRole('link', { name: 'Acme' }).click();
  const owed = page.getByRole('region', { name: 'Owed calls' });
  await owed.getByText('C2').waitFor();
  expect(await page.getByText('42.50').count()).toBe(2);
  const held = page.getByRole('region', { name: 'Held calls' });
  await held.getByText('Caps exceeded').first().waitFor();
  expect(await owed.getByText('C3').count()).toBe(0);
  await expectAccessible(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV of owed calls' }).click(),
  ]);
  const csv = await readFile(await file.path(), 'utf8');
  expect(csv.match(/^C\d/gm)?.sort()).toEqual(['C1', 'C2', 'C4']);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(false);
  expect(await page.getByRole('heading', { name: 'Payouts to Acme' }).isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
});
