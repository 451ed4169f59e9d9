/** Files as people have them: of another kind, with nothing to import, with days in place of times. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

beforeAll(async () => {
  for (const [id, amount] of [
    ['C1', '10.00'],
    ['C2', '12.50'],
  ])
    await ui.server.createCall(String(id), {
      ...{ started_at: '2026-11-10T15:00:00Z', publisher: 'Search ads', publisher_paid_out: amount },
    });
  await ui.server.createCall('D1', { started_at: '2026-11-10T15:00:00Z', publisher: 'Radio spots' });
});

function choose(page: Page, name: string, content: string | Buffer) {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) };
  return page.getByLabel('Choose a file').setInputFiles(file);
}

test.each([
  [
    'photo.png',
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0xff]),
    'no text at all',
  ],
  ['book.xlsx', Buffer.from('PK\u0003\u0004 packed'), 'Excel workbook'],
  ['empty.csv', Buffer.alloc(0), 'The file is empty'],
])('%s is no list of calls: the page says so and takes another file', async (name, content, why) => {
  const { page } = await ui.open('/files/import');
  await choose(page, name, content);
  await page.getByRole('alert').getByText(why).waitFor();
  await page.getByRole('heading', { name: 'The file cannot be read' }).waitFor();
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Another file' }).click();
  await choose(page, 'good.csv', 'Call ID,Revenue\nC1,10.00\n');
  await page.getByRole('button', { name: 'Preview all rows' }).waitFor();
});

test.each(['<h1>Back soon</h1>', '{"columns": ['])(
  'where %s comes in place of the answer, the file can be read again',
  async (body) => {
    const { page } = await ui.open('/files/import');
    await page.route('**/files/inspect?**', (route) => route.fulfill({ status: 200, body }));
    await choose(page, 'calls.csv', 'call_log_id,revenue\nC1,20.00\n');
    await page.getByRole('alert').getByText('Ringback does not answer').waitFor();
    await page.unroute('**/files/inspect?**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('cell', { name: '20.00' }).first().waitFor();
  },
);

test('a file that would change nothing is not imported', async () => {
  const { page } = await ui.open('/files/import');
  await choose(page, 'late.csv', 'Call ID,Revenue\nnobody,10.00\n');
  await page.getByRole('button', { name: 'Preview all rows' }).click();
  await page.getByText('No row would change anything.').waitFor();
  expect(await page.getByRole('button', { name: 'Import the file' }).isDisabled()).toBe(true);
});

test('a statement with days in place of times is compared with the calls of a partner that is typed', async () => {
  const { page } = await ui.open('/files/reconcile');
  await page.getByRole('combobox', { name: 'Publisher' }).focus();
  await page.keyboard.type('search ADS');
  await page.keyboard.press('Tab'); // sooner than the list is there
  await expect.poll(() => page.getByRole('combobox', { name: 'Publisher' }).inputValue()).toBe('Search ads');
  await page.getByLabel('First day').fill('2026-11-09');
  await page.getByLabel('Last day').fill('2026-11-15');
  await choose(page, 'statement.csv', 'Call ID,Date,Payout\nC1,2026-11-10,10.00\nC2,2026-11-10,13.50\n');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('tab', { name: 'Amount differs 1' }).waitFor();
  expect(await page.getByRole('tab', { name: /Cannot be read/ }).count()).toBe(0);
  expect(await page.getByRole('tab', { name: /Only in your records/ }).count()).toBe(0); // of another publisher
});
