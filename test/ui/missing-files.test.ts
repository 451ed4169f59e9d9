/** Files of a page that do not come: the server is away at that moment, or a newer one has others. */
import { expect, test } from 'vitest';
import { useUi } from '../support/ui.ts';

const ui = useUi();

test.each([
  ['is away', 'abort'],
  ['has other files', 'fulfill'],
] as const)('a part of a page comes where the server %s at first', async (_name, how) => {
  const { page, faults } = await ui.open('/calls', { isAlone: true });
  let asked = 0;
  await page.route(/\/assets\/export-dialog-[^/]*\.js$/, (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    return how === 'abort' ? route.abort() : route.fulfill({ status: 404, body: '' });
  });
  const exporting = page.getByRole('button', { name: 'Export CSV' });
  await exporting.click();
  await page.getByRole('alert').getByText('A part of this page did not come').waitFor();
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor(); // without a click
  await exporting.click();
  await page.getByRole('dialog').waitFor();
  expect(faults.splice(0)).not.toEqual([]); // what the browser itself says of it
});

test('a page whose file does not come is not loaded without end, and is there when the file is', async () => {
  const { page, faults } = await ui.open('/overview', { isAlone: true });
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await page.route(/\/assets\/calls-page-[^/]*\.js$/, (route) => route.fulfill({ status: 404, body: '' }));
  await page.getByRole('link', { name: 'Calls', exact: true }).click();
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await expect.poll(() => loads).toBe(2); // by the router, and once more when the server answers
  await again.waitFor();
  await page.unroute(/\/assets\/calls-page-[^/]*\.js$/);
  await again.click();
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
  expect(loads).toBe(3);
  faults.splice(0);
});
