/** The export of the Calls page: the list as it is filtered, as a file. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  await ui.server.createCall('C1', {
    started_at: '2026-11-01T10:00:00Z',
    campaign: 'Solar',
    tags: { deal: 'won' },
  });
  await ui.server.createCall('C2', { started_at: '2026-11-02T10:00:00Z', campaign: 'Roofing' });
  await ui.server.createCall('C3', {
    started_at: '2026-11-03T10:00:00Z',
    campaign: 'Solar',
    phone_number: '+12135550103',
  });
});

async function download(page: Page): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^calls-(?:[\w-]+-)?\d{4}-\d\d-\d\d\.csv$/);
  return readFile(await file.path(), 'utf8');
}

async function openExport(path: string) {
  const { page } = await ui.open(path);
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('dialog').waitFor();
  return page;
}

test('the file has the calls that the filters mean, with all their fields', async () => {
  const page = await openExport('/calls?campaign=Solar&from=2026-11-01&to=2026-11-03');
  await expectAccessible(page);
  const rows: Record<string, string>[] = parse(await download(page), { columns: true });
  expect(rows.map((row) => row['call_log_id'])).toEqual(['C3', 'C1']);
  expect(rows[0]).toMatchObject({ phone_number: '+12135550103', payout_status: 'none', tags: '{}' });
});

test('or the columns that the table shows, tags of their own, and the mark for Excel', async () => {
  const page = await openExport('/calls?q=C1');
  await page.getByRole('radio', { name: 'Those that the table shows' }).check();
  await page.getByLabel('Tags with a separate column').fill(' deal, agent');
  await page.getByRole('checkbox', { name: /Excel/ }).check();
  const text = await download(page);
  expect(text.startsWith('\uFEFF')).toBe(true);
  const [header, row] = parse(text, { bom: true }) as string[][];
  expect(header).toEqual([
    'call_log_id',
    'started_at',
    'phone_number',
    'campaign',
    'publisher',
    'buyer',
    'state',
    'duration_seconds',
    'revenue_paid_out',
    'publisher_paid_out',
    'no_payout_reason',
    'converted',
    'tags',
    'tags.deal',
    'tags.agent',
  ]);
  expect(row?.slice(-3)).toEqual(['{"deal":"won"}', 'won', '']);
});

test('the selected calls are a separate file, from the selection bar', async () => {
  const { page } = await ui.open('/calls');
  for (const id of ['C1', 'C3']) await page.getByRole('checkbox', { name: `Select the call ${id}` }).check();
  const bar = page.getByRole('region', { name: 'Selected calls' });
  await bar.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('dialog', { name: 'Export 2 calls as CSV' }).waitFor();
  await expectAccessible(page, '[role=dialog]');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  const rows: Record<string, string>[] = parse(await readFile(await file.path(), 'utf8'), { columns: true });
  expect(rows.map((row) => row['call_log_id'])).toEqual(['C3', 'C1']);
});
