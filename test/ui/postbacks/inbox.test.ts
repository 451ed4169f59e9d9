/** The inbox in a browser: postbacks without a call, attached one by one or all at once, or dismissed; and undo. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import type { TestWebhook } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
let waits: TestWebhook;
let rejects: TestWebhook;
const number = '+14155550142';

beforeAll(async () => {
  waits = await ui.server.createWebhook('update_fields', { name: 'Buyer CRM', unmatched: 'wait' });
  rejects = await ui.server.createWebhook('update_fields', { name: 'Dialer', match_window_hours: 1 });
});

const send = async (to: TestWebhook, body: object): Promise<string> =>
  (await ui.server.post(to, body)).json.postback_id;

describe('the inbox', () => {
  test('shows what a postback says beside the near calls, and attaches it after a preview', async () => {
    await ui.server.createCall('near', { phone_number: number, campaign: 'Roofing' });
    const id = await send(waits, { phone_number: '+14155550143', revenue_paid_out: '12.5' });
    const { page } = await ui.open('/overview');
    await page.getByRole('link', { name: 'Inbox' }).click();
    const list = page.getByRole('list', { name: 'Postbacks without a call' });
    await list.getByText('12.50').waitFor();
    const text = (await list.textContent()) ?? '';
    for (const words of ['Buyer CRM', '+14155550143', 'Waits until', '1 digit differs', 'Roofing'])
      expect(text).toContain(words);
    await expectAccessible(page);
    await list.getByRole('button', { name: 'Attach to near' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It would change one field of the call:').waitFor();
    expect((await ui.server.readCall('near')).revenue_paid_out).toBeNull();
    await expectAccessible(page, '[role=dialog]');
    await dialog.getByRole('button', { name: 'Attach', exact: true }).click();
    await page.getByText('Attached and applied').waitFor();
    await page.getByText('Nothing to attach').waitFor();
    expect((await ui.server.readCall('near')).revenue_paid_out).toBe('12.50');
    await page.goto(`/postbacks/${id}`);
    await page.getByText('Attached by').waitFor();
  });

  test('attaches to another call by its id, and says why it cannot', async () => {
    await ui.server.createCall('other');
    await send(rejects, { call_log_id: 'othre', revenue_paid_out: '3' });
    const { page } = await ui.open('/postbacks/inbox?status=rejected');
    const other = page.getByLabel('Another call');
    await other.fill('unknown');
    await other.press('Enter');
    await page.getByRole('alert').waitFor();
    const attach = page.getByRole('dialog').getByRole('button', { name: 'Attach', exact: true });
    expect(await attach.isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await other.fill('other');
    await other.press('Enter');
    await page.getByRole('dialog').getByRole('list', { name: 'Changes' }).waitFor();
    await attach.click();
    await page.getByText('No open postback matches').waitFor();
    expect((await ui.server.readCall('other')).revenue_paid_out).toBe('3.00');
  });

  test('dismisses with a reason', async () => {
    const id = await send(rejects, { call_log_id: 'spam', reason: 'x' });
    const { page } = await ui.open('/postbacks/inbox', { isPhone: true, theme: 'dark' });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
    await dialog.getByText('Enter a reason').waitFor();
    await dialog.getByLabel('Reason').fill('A test call');
    await dialog.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('Nothing to attach').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const { json } = await ui.server.api('GET', `/postbacks/${id}`);
    expect(json.dismissed).toMatchObject({ reason: 'A test call' });
  });

  test('attaches at once those with one call of the same number, and no others', async () => {
    const start = new Date(Date.now() - 5 * 3_600_000).toISOString();
    for (const [at, count] of [1, 1, 2].entries()) {
      for (let n = 0; n < count; n += 1)
        await ui.server.createCall(`bulk-${at}-${n}`, {
          phone_number: `+1415555020${at}`,
          started_at: start,
        });
      await send(rejects, { phone_number: `+1415555020${at}`, revenue_paid_out: '7' });
    }
    const { page } = await ui.open('/postbacks/inbox');
    await page.getByRole('button', { name: 'Attach by number' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 would be applied: Revenue 2').waitFor();
    expect((await ui.server.readCall('bulk-0-0')).revenue_paid_out).toBeNull();
    await dialog.getByRole('button', { name: 'Attach all 2' }).click();
    await dialog.getByText('2 applied: Revenue 2').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const list = page.getByRole('list', { name: 'Postbacks without a call' });
    await expect.poll(() => list.getByRole('button', { name: 'Dismiss' }).count()).toBe(1);
    for (const [id, revenue] of Object.entries({ 'bulk-0-0': '7.00', 'bulk-1-0': '7.00', 'bulk-2-0': null }))
      expect((await ui.server.readCall(id)).revenue_paid_out).toBe(revenue);
  });
});

describe('undo', () => {
  test('tells first what returns, what stays and who changed it since', async () => {
    await ui.server.createCall('undone');
    const id = await send(rejects, { call_log_id: 'undone', revenue_paid_out: '5', reason: 'Sold' });
    await send(waits, { call_log_id: 'undone', reason: 'Not sold' });
    const { page } = await ui.open(`/postbacks/${id}`);
    await page.getByRole('button', { name: 'Undo' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('These values would return:').waitFor();
    expect(await dialog.getByRole('list', { name: 'Changed since' }).textContent()).toContain('Buyer CRM');
    expect((await ui.server.readCall('undone')).revenue_paid_out).toBe('5.00');
    await expectAccessible(page, '[role=dialog]');
    await dialog.getByRole('button', { name: 'Undo now' }).click();
    await page.getByText('by another postback').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
    expect(await ui.server.readCall('undone')).toMatchObject({ revenue_paid_out: null, reason: 'Not sold' });
  });

  test('cancels a postback that waits', async () => {
    const id = await send(waits, { call_log_id: 'to come', revenue_paid_out: '5' });
    const { page } = await ui.open(`/postbacks/${id}`);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It would be canceled').waitFor();
    await dialog.getByRole('button', { name: 'Cancel the postback' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await ui.server.createCall('to come')).revenue_paid_out).toBeNull();
  });
});
