/** Undo of a sender's period and of a batch in a browser: first what it would do, then the undo. */
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { holdLock, lockOfCalls } from '../../support/database.ts';
import type { TestWebhook } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await ui.server.createWebhook('update_fields', { name: 'Acme CRM' });
});

const calls = async (...ids: string[]) => {
  for (const id of ids) await ui.server.createCall(id);
};

test('a period of a sender: counts, sums, what stays and why, then the result', async () => {
  await calls('P1', 'P2');
  await ui.server.post(webhook, { call_log_id: 'P1', revenue_paid_out: '1200.5', reason: 'Sold' });
  await ui.server.post(webhook, { call_log_id: 'P2', revenue_paid_out: '7' });
  await ui.server.api('PATCH', '/calls/P1', { reason: 'By hand' });
  const { page } = await ui.open(`/webhooks/incoming/${webhook.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Undo a period' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('Choose when it begins.').waitFor();
  await dialog.getByLabel('From').fill('2099-01-01T00:00');
  await dialog.getByLabel('To').fill('2020-01-01T00:00');
  await dialog.getByText('Choose an end after the start.').waitFor();
  await dialog.getByLabel('From').fill('2020-01-01T00:00');
  await dialog.getByLabel('To').fill('2099-01-01T00:00');
  await expectAccessible(page, '[role=dialog]');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('2 postbacks').waitFor();
  const sums = dialog.getByRole('list', { name: 'Sums' });
  expect(await sums.textContent()).toContain('-1,207.50');
  const left = dialog.getByRole('list', { name: 'Left unchanged' });
  expect(await left.textContent()).toMatch(/Reason.*P1.*by owner/);
  await expectAccessible(page, '[role=dialog]');
  expect((await ui.server.readCall('P2')).revenue_paid_out).toBe('7.00');
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog.getByText('Undone:').waitFor();
  expect(await left.textContent()).toMatch(/Reason.*P1.*by owner/);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await ui.server.readCall('P1')).toMatchObject({ revenue_paid_out: null, reason: 'By hand' });
  expect((await ui.server.readCall('P2')).revenue_paid_out).toBeNull();
});

test('a batch: from one of its postbacks to all of them, and their undo', async () => {
  await calls('B1', 'B2');
  await ui.server.post(webhook, { call_log_id: 'B1', add: { alone: 'yes' } });
  const { json } = await ui.server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: ['B1', 'B2'].map((call_log_id) => ({ call_log_id, revenue_paid_out: '3' })),
  });
  const { page } = await ui.open(`/postbacks/${json.results[0].postback_id}`, { isPhone: true });
  await page.getByRole('link', { name: 'a batch or an import' }).click();
  await page.getByRole('button', { name: 'Undo this batch' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('2 postbacks').waitFor();
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog.getByText('Undone:').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await ui.server.readCall('B1')).toMatchObject({ revenue_paid_out: null, tags: { alone: 'yes' } });
  await page.getByRole('button', { name: 'Undo this batch' }).click();
  await dialog.getByText('There is nothing to undo').waitFor();
  expect(await dialog.getByRole('button', { name: 'Undo', exact: true }).isDisabled()).toBe(true);
});

test('an undo that breaks off says why and how far it came, and goes on', async () => {
  const importer = await ui.server.createWebhook('update_fields', { name: 'Importer' });
  const ids = Array.from({ length: 150 }, (_, at) => `L${at}`);
  await Promise.all(ids.map((id) => ui.server.createCall(id)));
  await ui.server.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': importer.auth_key },
    body: ids.map((call_log_id) => ({ call_log_id, revenue_paid_out: '3' })),
  });
  const { page } = await ui.open(`/webhooks/incoming/${importer.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Undo a period' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('From').fill('2020-01-01T00:00');
  await dialog.getByLabel('To').fill('2099-01-01T00:00');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('150 postbacks').waitFor();
  const { database } = ui.server;
  const holder = await holdLock(database, await lockOfCalls(database, ['L0']));
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await dialog.getByText(/Undoing: 1\d\d of 150/).waitFor();
  await dialog.getByRole('alert').waitFor();
  await holder.release();
  await dialog.getByRole('button', { name: 'Undo the others' }).click();
  await dialog.getByText('Undone:').waitFor();
  expect((await ui.server.readCall('L0')).revenue_paid_out).toBeNull();
  expect((await ui.server.readCall('L149')).revenue_paid_out).toBeNull();
});

test('the page of an undone postback says so beside its status', async () => {
  await calls('U1');
  const { json } = await ui.server.post(webhook, { call_log_id: 'U1', revenue_paid_out: '5' });
  await ui.server.api('POST', `/postbacks/${json.postback_id}/undo`, {});
  const { page } = await ui.open(`/postbacks/${json.postback_id}`);
  await page.getByText('undone', { exact: true }).waitFor();
});
