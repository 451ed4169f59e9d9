/** Webhooks → Incoming in a real browser: from the first key to the last postback. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible, TestBrowser } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  server = await startTestServer();
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** What the button beside a field puts on the clipboard. */
async function copy(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
  await page.getByText(`${what} copied`).waitFor();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** A URL of the server as it is reached in tests: copied ones begin with localhost. */
const pathOf = (url: string) => url.slice(new URL(url).origin.length);

describe('the first webhook', () => {
  test('is created, copied, posted to by GET and POST, and its log shows what came, by itself', async () => {
    await server.createCall('CA 1/ü', { phone_number: '+12135550142' });
    const { page } = await browser.open(server, '/overview');
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByRole('link', { name: 'Incoming', exact: true }).click();
    await page.getByText('No webhooks yet').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Acme CRM');
    await dialog.getByRole('radio', { name: 'update_fields' }).check();
    await dialog.getByLabel('Match window', { exact: true }).fill('3');
    await dialog.getByLabel('Match rule').selectOption('first');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create webhook' }).click();

    await dialog.getByText('will not be shown again').waitFor();
    const authKey = await copy(page, 'Auth key');
    const url = await copy(page, 'Endpoint URL');
    expect(authKey).toMatch(/^rbk_[\w-]{43}$/);
    expect(url).toBe(`${server.url.replace('127.0.0.1', 'localhost')}/update-fields?auth_key=${authKey}`);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Acme CRM' }).click();
    await page.getByText('Nothing has come yet').waitFor();
    expect(await page.content()).not.toContain(authKey);

    const byGet = await server.request(`${pathOf(url)}&phone_number=(213)555-0142&converted=true`);
    expect(byGet.json).toMatchObject({ status: 'applied', call_log_id: 'CA 1/ü' });
    const body = { call_log_id: 'CA 1/ü', revenue_paid_out: 12.5 };
    const byPost = await server.request(pathOf(url), { method: 'POST', body });
    expect(byPost.json).toMatchObject({ status: 'applied' });
    await server.request(`${pathOf(url)}&call_log_id=nobody&converted=true`);
    const log = page.getByRole('region', { name: 'Postbacks of Acme CRM' });
    await log.getByText('call_not_found').waitFor();
    await expect.poll(() => log.getByRole('row').count()).toBe(4);
    expect(await log.getByRole('row').nth(2).textContent()).toMatch(
      /applied.*CA 1\/ü.*revenue_paid_out none.*12\.50/s,
    );
    await expectAccessible(page);

    const { json } = await server.api('GET', '/webhooks/incoming');
    expect(json.items).toMatchObject([{ name: 'Acme CRM', match_window_hours: 72, match_rule: 'first' }]);
  });

  test('is created by keyboard alone', async () => {
    const { page } = await browser.open(server, '/webhooks/incoming');
    await page.getByRole('button', { name: 'Create', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await expect
      .poll(() => page.evaluate('document.activeElement?.getAttribute("placeholder")'))
      .toBe('Acme CRM');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('will not be shown again').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'By keyboard' }).waitFor();
    const { json } = await server.api('GET', '/webhooks/incoming?limit=1');
    expect(json.items).toMatchObject([{ name: 'By keyboard', type: 'update_tags' }]);
  });

  test('wants a name and a window, and says so', async () => {
    const { page } = await browser.open(server, '/webhooks/incoming');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByLabel('Match window', { exact: true }).fill('91');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    await page.getByText('Name the sender').waitFor();
    await page.getByText('Between 1 hour and 90 days').waitFor();
    await expectAccessible(page);
  });
});

describe('a webhook', () => {
  async function openWebhook(name: string, query = '', options = {}) {
    const webhook = await server.createWebhook('update_fields', { name });
    const { page, faults } = await browser.open(server, `/webhooks/incoming/${webhook.id}${query}`, options);
    return { page, faults, webhook };
  }

  test('is paused and resumed', async () => {
    const { page, webhook } = await openWebhook('Paused one');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await server.post(webhook, { call_log_id: 'x', reason: 'x' })).json.code).toBe('webhook_paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect((await server.post(webhook, { call_log_id: 'x', reason: 'x' })).json.code).toBe('call_not_found');
  });

  test('gets a new key, and the old one ends when it is told to', async () => {
    const { page, webhook } = await openWebhook('Rotated');
    await page.getByRole('button', { name: 'Rotate key' }).click();
    await page.getByLabel('Hours that the old key keeps working').fill('0');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Make a new key' }).click();
    const authKey = await copy(page, 'Auth key');
    expect((await server.post(webhook, { call_log_id: 'x', reason: 'x' })).status).toBe(401);
    const renewed = { ...webhook, auth_key: authKey };
    expect((await server.post(renewed, { call_log_id: 'x', reason: 'x' })).status).toBe(404);
  });

  test('is deleted when its name is typed, and only then', async () => {
    const { page, webhook } = await openWebhook('Acme & Sons');
    await page.getByRole('button', { name: 'Delete' }).click();
    const button = page.getByRole('button', { name: 'Delete webhook' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill('Acme');
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill('Acme & Sons');
    await expectAccessible(page);
    await button.click();
    await page.getByRole('heading', { name: 'Incoming webhooks' }).waitFor();
    expect((await server.api('GET', `/webhooks/incoming/${webhook.id}`)).status).toBe(404);
  });

  test('is changed in its settings', async () => {
    const { page, webhook } = await openWebhook('Before', '?tab=settings');
    await page.getByLabel('Name').fill('After');
    await page.getByLabel('Match window', { exact: true }).fill('5');
    await page.getByLabel('Unit of the match window').selectOption('1');
    await page.getByLabel('Allowed addresses').fill('203.0.113.7\n2001:db8::/32');
    await page.getByLabel('Requests a minute').fill('600');
    await page.getByLabel('Accept GET').uncheck();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'After' }).waitFor();
    expect((await server.api('GET', `/webhooks/incoming/${webhook.id}`)).json).toMatchObject({
      name: 'After',
      match_window_hours: 5,
      allowed_addresses: ['203.0.113.7', '2001:db8::/32'],
      rate_limit_per_minute: 600,
      accepts_get: false,
    });
    await page.getByLabel('Allowed addresses').fill('nonsense');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').waitFor();
  });

  test('has a builder whose URL works when it is pasted, with macros left as they are', async () => {
    await server.createCall('CA b&c');
    const { page, webhook } = await openWebhook('Builder', '?tab=builder');
    await page.getByLabel('Auth key').fill(webhook.auth_key);
    await page.getByLabel('Value of call_log_id').fill('CA b&c');
    await page.getByLabel('Value of reason').fill('50% = half');
    await page.getByLabel('Value of add').fill('deal:won,who:ü');
    const url = await copy(page, 'GET URL');
    expect((await server.request(pathOf(url))).json).toMatchObject({ status: 'applied' });
    expect(await server.readCall('CA b&c')).toMatchObject({
      reason: '50% = half',
      tags: { deal: 'won', who: 'ü' },
      revenue_paid_out: '12.50',
    });

    await page.getByLabel('Form of the request').selectOption('json');
    await page.getByLabel('Value of reason').fill('By JSON');
    const [body, endpoint] = [await copy(page, 'JSON body'), await copy(page, 'Endpoint URL')];
    const headers = { 'content-type': 'application/json' };
    expect((await server.request(pathOf(endpoint), { method: 'POST', headers, body })).json.status).toBe(
      'applied',
    );
    expect(await server.readCall('CA b&c')).toMatchObject({ reason: 'By JSON' });

    await page.getByLabel('Form of the request').selectOption('url');
    await page.getByLabel('Sender platform').selectOption('ringba');
    expect(await copy(page, 'GET URL')).toContain(
      '&phone_number=[tag:InboundNumber:Number]&converted=true&revenue_paid_out=[Call:ConversionPayout]&',
    );
    await expectAccessible(page);
  });

  test('is tried by hand: a dry run first, then for good, and a refusal', async () => {
    await server.createCall('CA-T', { campaign: 'Roofing' });
    const { page } = await openWebhook('Tried', '?tab=test');
    await page.getByLabel('Recent call').selectOption('CA-T');
    await page.getByLabel('Value of revenue_paid_out').fill('7.25');
    await page.getByLabel('converted', { exact: true }).uncheck();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('heading', { name: 'What it would do' }).waitFor();
    await page.getByRole('region', { name: 'Answer' }).getByText('"dry_run": true').waitFor();
    expect(await server.readCall('CA-T')).toMatchObject({ revenue_paid_out: null });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'What it did' }).waitFor();
    await page
      .getByRole('region', { name: 'Request', exact: true })
      .getByText('"revenue_paid_out": "7.25"')
      .waitFor();
    expect(await server.readCall('CA-T')).toMatchObject({ revenue_paid_out: '7.25' });
    await expectAccessible(page);
    await page.getByLabel('Value of revenue_paid_out').fill('$7');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: 'Answer' }).getByText('HTTP 422').waitFor();
  });

  test('has any name at all', async () => {
    for (const name of [
      '<script>window.isRun = true</script>',
      '<img src=x onerror="window.isRun = true">',
      'مركز الاتصال',
    ]) {
      const { page, webhook } = await openWebhook(name);
      await page.getByRole('heading', { name }).waitFor();
      await server.post(webhook, { call_log_id: 'nobody', reason: name });
      await page.getByText('call_not_found').first().waitFor();
      await page.getByRole('link', { name: 'Incoming webhooks' }).click();
      await page.getByRole('link', { name, exact: true }).waitFor();
      expect(await page.evaluate('"isRun" in window')).toBe(false);
    }
  });

  test('fits on a phone: nothing is wider than the window', async () => {
    const { page, webhook } = await openWebhook('Phone', '', { isPhone: true });
    await server.post(webhook, { call_log_id: 'nobody', reason: 'x' });
    for (const tab of ['Activity', 'URL builder', 'Test', 'Settings']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel', { name: tab }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), tab).toBe(
        true,
      );
      await expectAccessible(page);
    }
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });

  test('that there is not is told apart from an error', async () => {
    const { page } = await browser.open(server, '/webhooks/incoming/01a20ce0-3352-7928-9ffe-a3b97d2025a3');
    await page.getByText('There is no page at this address').waitFor();
  });
});

test('a server that stopped is told, and the page goes on when it is back', async () => {
  const first = await startTestServer();
  await first.createWebhook('update_fields', { name: 'Survivor' });
  const { page } = await browser.open(first, '/webhooks/incoming');
  await page.getByRole('link', { name: 'Survivor' }).waitFor();
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'));
  await page.getByRole('link', { name: 'Survivor' }).click();
  await page.getByText('Ringback does not answer').first().waitFor();
  await page.unroute('**/api/v1/**');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByRole('heading', { name: 'Survivor' }).waitFor();
  await page.close();
  await first.stop();
});
