/** What needs attention as it happens, from there to its list, all of it replayed, and what is known acknowledged. */
import { beforeEach, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import type { TestWebhook } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
let webhook: TestWebhook;

beforeEach(async () => {
  await ui.server.database.query('truncate acknowledgement, postback, call cascade');
  webhook = await ui.server.createWebhook('update_fields', { name: 'Acme' });
  for (const id of ['C1', 'C2', 'C3'])
    await ui.server.post(webhook, { call_log_id: id, revenue_paid_out: '10.00' });
});

test('an item is acknowledged, shown with who did it, and shown again', async () => {
  const { page } = await ui.open('/overview');
  const open = page.getByRole('list', { name: 'Needs attention' });
  await open.getByText('found no call').waitFor();
  await open.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText('all that needs attention was acknowledged').waitFor();
  await page.getByText('Acknowledged (1)').click();
  await page.getByText('Acknowledged by').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show again' }).click();
  await open.getByText('found no call').waitFor();
});

test('an item appears and goes with the postback that it is about', async () => {
  await ui.server.database.query('truncate postback cascade');
  await ui.server.createCall('C9');
  const { page } = await ui.open('/overview');
  await page.getByText('No postback was received yet').waitFor();
  await ui.server.post(webhook, { call_log_id: 'lost', revenue_paid_out: '10.00' });
  const list = page.getByRole('list', { name: 'Needs attention' });
  await list.getByRole('link', { name: '1 postback', exact: true }).waitFor();
  await ui.server.createCall('lost');
  const [{ id }] = (await ui.server.api('GET', '/postbacks?status=rejected')).json.items;
  await ui.server.api('POST', `/postbacks/${id}/replay`);
  await page.getByText('every postback of the last day found its call').waitFor();
});

test('the rejected postbacks of a list are replayed as one, after a dry run', async () => {
  await ui.server.createCall('C1');
  await ui.server.createCall('C2');
  const { page } = await ui.open(`/postbacks?status=rejected&webhook_id=${webhook.id}`);
  await page.getByRole('button', { name: 'Replay all' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('status').getByText('2 would be applied').waitFor();
  await dialog.getByText('1 would be rejected: call_not_found').waitFor();
  await expectAccessible(page);
  expect((await ui.server.readCall('C1')).revenue_paid_out).toBeNull();
  await dialog.getByRole('button', { name: 'Replay all 3' }).click();
  await dialog.getByRole('status').getByText('2 applied').waitFor();
  expect((await ui.server.readCall('C1')).revenue_paid_out).toBe('10.00');
  expect((await ui.server.readCall('C2')).revenue_paid_out).toBe('10.00');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
});

test('the checklist of first steps is hidden, and stays so', async () => {
  const { page } = await ui.open('/overview');
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
  await page.getByRole('button', { name: 'Hide', exact: true }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Show first steps' }).click();
  await page.getByRole('heading', { name: 'First steps' }).waitFor();
});
