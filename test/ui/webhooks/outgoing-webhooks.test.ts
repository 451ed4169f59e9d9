/** Outgoing webhooks in a browser: made with a live preview, tested, watched, paused, resumed and replayed. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { type Receiver, startReceiver } from '../../support/programs/receiver.ts';
import type { TestWebhook } from '../../support/server.ts';
import { copyFrom, useUi } from '../../support/ui.ts';

const ui = useUi();
let incoming: TestWebhook;

beforeAll(async () => {
  incoming = await ui.server.createWebhook('update_fields', { name: 'CRM' });
});

async function subscribe(receiver: Receiver, name: string, settings: object = {}): Promise<string> {
  const body = { name, url: receiver.url, events: ['call.converted'], ...settings };
  const { json } = await ui.server.api('POST', '/webhooks/outgoing', body);
  expect(json.id, JSON.stringify(json)).toBeDefined();
  return json.id;
}

/** A call that converts, which is an event. */
async function convert(callLogId: string): Promise<void> {
  await ui.server.createCall(callLogId, { campaign: callLogId });
  await ui.server.post(incoming, { call_log_id: callLogId, converted: true, revenue_paid_out: '12.5' });
}

const statusesOf = async (id: string): Promise<string[]> =>
  (await ui.server.api('GET', `/deliveries?webhook_id=${id}`)).json.items.map(
    ({ status }: { status: string }) => status,
  );
const dialogOf = (page: Page) => page.getByRole('dialog');

describe('creating one', () => {
  test('shows as one types what would be sent for a real call, and the secret once', async () => {
    const receiver = await startReceiver();
    await convert('previewed');
    const { page } = await ui.open('/webhooks/outgoing');
    await page.getByText('No outgoing webhooks yet').waitFor();
    await page.getByRole('link', { name: 'Create' }).click();
    await page.getByLabel('Name').fill('Tracker');
    await page.getByRole('radio', { name: 'Template' }).check();
    await page.getByLabel('Method').selectOption('GET');
    await page.getByLabel('URL').fill(`${receiver.url}/postback?payout=`);
    await page.getByText('Values to insert').click();
    await page.getByRole('button', { name: 'REVENUE_PAID_OUT', exact: true }).click();
    const preview = page.getByRole('status', { name: 'What would be sent' });
    await preview.getByText(/payout=120\.50/).waitFor();
    await page.getByLabel('For').selectOption('previewed');
    await preview.getByText(/GET .*\/postback\?payout=12\.50$/).waitFor();
    await page.getByLabel('Alert: something needs attention').check();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create webhook' }).click();
    expect(await copyFrom(page, 'Signing secret')).toMatch(/^whsec_/);
    await dialogOf(page).getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tracker' }).waitFor();
    const { json } = await ui.server.api('GET', '/webhooks/outgoing');
    expect(json.items[0]).toMatchObject({
      ...{ name: 'Tracker', method: 'GET', format: 'template' },
      ...{ url: `${receiver.url}/postback?payout=[REVENUE_PAID_OUT]` },
      events: ['call.converted', 'attention.raised'],
    });
  });

  test('fills in a preset, and shows errors at their fields', async () => {
    const { page } = await ui.open('/webhooks/outgoing/new', { isPhone: true });
    await page.getByLabel('Receiver').selectOption('Slack');
    const preview = page.getByRole('status', { name: 'What would be sent' });
    await preview.getByText('Fill in {webhook_path}').waitFor();
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByText('Fill in {webhook_path}').first().waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Slack');
    expect(await page.getByLabel('Alert: something needs attention').isChecked()).toBe(true);
    await page.getByLabel('Receiver').selectOption('Custom');
    await page.getByLabel('URL').fill('http://10.0.0.1/hook');
    await page.getByLabel('Name').fill('Internal');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await expect.poll(() => page.getByLabel('URL').getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});

describe('one webhook', () => {
  test('sends a test and shows the response', async () => {
    const receiver = await startReceiver();
    receiver.answer((_request, response) => response.writeHead(418).end('I am a teapot'));
    const id = await subscribe(receiver, 'Tested');
    const { page } = await ui.open(`/webhooks/outgoing/${id}?tab=test`);
    await page.getByRole('button', { name: 'Send test' }).click();
    const result = page.getByRole('status', { name: 'Result of the test' });
    await result.getByText('HTTP 418').waitFor();
    await result.getByText('I am a teapot').waitFor();
    await expectAccessible(page);
  });

  test('lists deliveries with every attempt, and replays one and a period', async () => {
    const receiver = await startReceiver();
    receiver.answer((_request, response) => response.writeHead(410).end('Gone fishing'));
    const id = await subscribe(receiver, 'Watched', { filter: { campaign: ['watched'] } });
    await convert('watched');
    await expect
      .poll(async () => (await ui.server.api('GET', `/webhooks/outgoing/${id}`)).json.paused)
      .toBe(true);
    receiver.answer((_request, response) => response.writeHead(200).end('Thanks'));
    const { page } = await ui.open('/webhooks/outgoing');
    const list = page.getByRole('region', { name: 'Outgoing webhooks' });
    await list.getByRole('link', { name: 'Watched' }).click();
    await page.getByText('the receiver answered 410 Gone').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await dialogOf(page).getByText('1 event waited').waitFor();
    await expectAccessible(page, '[role=dialog]');
    await dialogOf(page).getByRole('radio', { name: 'None' }).check();
    await dialogOf(page).getByRole('button', { name: 'Resume' }).click();
    const log = page.getByRole('region', { name: 'Deliveries' });
    await log.getByText('discarded').waitFor();
    await log.getByRole('link').first().click();
    await page.getByText('Gone fishing').waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('Thanks').waitFor();
    await page.getByText('The receiver took it.').waitFor();
    await expectAccessible(page);

    await page.goto(`/webhooks/outgoing/${id}`);
    await page.getByRole('button', { name: 'Replay a period' }).click();
    const replay = dialogOf(page).getByRole('button', { name: 'Replay' });
    await replay.click();
    await dialogOf(page).getByText('Choose when it begins.').waitFor();
    await dialogOf(page).getByLabel('From').fill('2020-01-01T00:00');
    await dialogOf(page).getByLabel('Delivered').check();
    await replay.click();
    await page.getByText('1 delivery is sent again').waitFor();
    await expect.poll(() => statusesOf(id)).toEqual(['delivered']);

    await page.goto('/calls/watched');
    await page
      .getByRole('list', { name: 'Timeline' })
      .getByRole('link', { name: 'Event', exact: true })
      .first()
      .click();
    await page.waitForURL(/\/webhooks\/deliveries\//);
  });

  test('replays no period whose end cannot be read', async () => {
    const id = await subscribe(await startReceiver(), 'Period');
    const { page } = await ui.open(`/webhooks/outgoing/${id}`);
    await page.getByRole('button', { name: 'Replay a period' }).click();
    await dialogOf(page).getByLabel('From').fill('2020-01-01');
    const end = dialogOf(page).getByLabel('To', { exact: true });
    await end.fill('02/01/2020');
    await end.press('Enter');
    await dialogOf(page).getByText('Write it as 2026-11-27 09:05.').waitFor();
    await end.and(page.locator(':focus')).waitFor();
    await end.fill('2020-02-01');
    await end.press('Enter');
    await page.getByText('0 deliveries are sent again').waitFor();
    const { items } = (await ui.server.api('GET', `/audit?target_id=${id}`)).json;
    expect(items).toMatchObject([
      { changes: { replay: { to: { to: '2020-02-01T00:00:00.000Z' } } } },
      { action: 'outgoing_webhook.created' },
    ]);
  });

  test('is changed with a preview, gets a new secret, and is deleted', async () => {
    const receiver = await startReceiver();
    const id = await subscribe(receiver, 'Changed');
    const { page } = await ui.open(`/webhooks/outgoing/${id}?tab=settings`, { theme: 'dark' });
    await page.getByLabel('Requests a minute').fill('60');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    expect((await ui.server.api('GET', `/webhooks/outgoing/${id}`)).json).toMatchObject({
      max_per_minute: 60,
    });
    await page.getByRole('button', { name: 'Rotate secret' }).click();
    await dialogOf(page).getByRole('button', { name: 'Make a new secret' }).click();
    expect(await copyFrom(page, 'Signing secret')).toMatch(/^whsec_/);
    await dialogOf(page).getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await dialogOf(page).getByRole('textbox').fill('Changed');
    await dialogOf(page).getByRole('button', { name: 'Delete webhook' }).click();
    await page.getByText('Changed is deleted').waitFor();
    expect((await ui.server.api('GET', `/webhooks/outgoing/${id}`)).status).toBe(404);
  });
});
