/** A change of many calls after which they no longer match the filters of the list. */
import { expect, test } from 'vitest';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

test('a job whose calls leave the list still tells its result, and is undone', async () => {
  for (const id of ['C1', 'C2']) await ui.server.createCall(id, { publisher_paid_out: '8' });
  const { page } = await ui.open('/calls?payout_status=owed');
  await page.getByRole('checkbox', { name: 'Select all calls of the page' }).check();
  await page.getByRole('button', { name: 'Change 2 calls' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the selected calls' });
  await dialog.getByRole('button', { name: 'Review' }).click();
  await dialog.getByRole('button', { name: 'Change 2 calls' }).click();
  await dialog.getByText('2 changed').waitFor();
  await page.locator('main').getByText('No call matches').waitFor();
  expect((await ui.server.readCall('C1')).payout_status).toBe('held');
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.getByText('Undone: 2 calls').waitFor();
  expect((await ui.server.readCall('C1')).payout_status).toBe('owed');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('table').getByRole('link').first().waitFor();
  expect(await page.getByRole('region', { name: 'Selected calls' }).count()).toBe(0);
});
