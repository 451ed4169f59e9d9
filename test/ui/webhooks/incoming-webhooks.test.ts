/** Webhooks → Incoming in a real browser: from the first key to the last postback. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { copyFrom, pathOf, useUi } from '../../support/ui.ts';

const ui = useUi();

/** A toast stays while the mouse is over it, and covers what is below it. */
async function outliveToast(page: Page, text: string): Promise<void> {
  await page.getByText(text).waitFor();
  await page.mouse.move(0, 0);
  await page.getByText(text).waitFor({ state: 'detached' });
}

describe('a new webhook', () => {
  test('is created by keyboard alone', async () => {
    const { page } = await ui.open('/webhooks/incoming');
    await page.getByRole('button', { name: 'Create', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    const placeholder = () => page.evaluate<string>('document.activeElement?.getAttribute("placeholder")');
    await expect.poll(placeholder).toMatch(/^Custom sender/);
    for (let pressed = 0; pressed < 3 && (await placeholder()) !== 'Acme CRM'; pressed += 1)
      await page.keyboard.press('Tab');
    expect(await placeholder()).toBe('Acme CRM');
    await page.keyboard.type('By keyboard');
    expect(await page.getByLabel('Name').inputValue()).toBe('By keyboard');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('document.activeElement?.type')).toBe('radio');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('will not be shown again').waitFor();
    await page.getByRole('button', { name: 'Done' }).focus(); // Escape asks first: the key would be lost
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'By keyboard' }).waitFor();
    const { json } = await ui.server.api('GET', '/webhooks/incoming?limit=1');
    expect(json.items).toMatchObject([{ name: 'By keyboard', type: 'update_tags' }]);
  });

  test('of a platform is found by its name, and says what to paste there', async () => {
    const { page } = await ui.open('/webhooks/incoming');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByLabel('Platform', { exact: true }).fill('teln');
    await page.getByRole('option', { name: 'Telnyx' }).click();
    await page.getByText('Type: Calls.').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Telnyx');
    await expectAccessible(page);
    await page.getByLabel('Name').fill('Our Telnyx');
    await page.getByRole('button', { name: 'Create webhook' }).click();
    const url = await copyFrom(page, 'URL to paste');
    await page.getByText('as the webhook URL, API version 2').getByText(url).waitFor();
    await expectAccessible(page);
    const { json } = await ui.server.api('GET', '/webhooks/incoming?limit=1');
    expect(json.items).toMatchObject([{ name: 'Our Telnyx', type: 'calls', preset: 'telnyx' }]);
    const event = {
      data: { event_type: 'call.initiated', payload: { call_leg_id: 'T1', from: '+12135550142' } },
    };
    const headers = { 'content-type': 'application/json' };
    const sent = await ui.server.request(pathOf(url), { method: 'POST', headers, body: event });
    expect(sent.json.status).toBe('created');
  });

  test('wants a name and a window, and says so', async () => {
    const { page } = await ui.open('/webhooks/incoming');
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
    const webhook = await ui.server.createWebhook('update_fields', { name });
    const { page, faults } = await ui.open(`/webhooks/incoming/${webhook.id}${query}`, options);
    return { page, faults, webhook };
  }

  test('is paused and resumed', async () => {
    const { page, webhook } = await openWebhook('Paused one');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await ui.server.post(webhook, { call_log_id: 'x', reason: 'x' })).json.code).toBe(
      'webhook_paused',
    );
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect((await ui.server.post(webhook, { call_log_id: 'x', reason: 'x' })).json.code).toBe(
      'call_not_found',
    );
  });

  test('gets a new key, and the old one ends after the grace time', async () => {
    const { page, webhook } = await openWebhook('Rotated');
    await page.getByRole('button', { name: 'Rotate key' }).click();
    await page.getByLabel('Hours that the old key keeps working').fill('0');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Make a new key' }).click();
    const authKey = await copyFrom(page, 'Auth key');
    expect((await ui.server.post(webhook, { call_log_id: 'x', reason: 'x' })).status).toBe(401);
    const renewed = { ...webhook, auth_key: authKey };
    expect((await ui.server.post(renewed, { call_log_id: 'x', reason: 'x' })).status).toBe(404);
  });

  test('is deleted when its name is typed, and only then', async () => {
    const { page, webhook } = await openWebhook('Acme & Sons');
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const button = page.getByRole('button', { name: 'Delete webhook' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill('Acme');
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill('Acme & Sons');
    await expectAccessible(page);
    await button.click();
    await page.getByRole('heading', { name: 'Incoming webhooks' }).waitFor();
    expect((await ui.server.api('GET', `/webhooks/incoming/${webhook.id}`)).status).toBe(404);
  });

  test('is changed in its settings', async () => {
    const { page, webhook } = await openWebhook('Before', '?tab=settings');
    await page.getByLabel('Name').fill('After');
    await page.getByLabel('Match window', { exact: true }).fill('5');
    await page.getByLabel('Unit of the match window').selectOption('1');
    await page.getByLabel('Allowed addresses').fill('203.0.113.7\n2001:db8::/32');
    await page.getByLabel('Requests a minute').fill('600');
    await page.getByLabel('Accept GET').uncheck();
    await page.getByLabel('A request that cannot be read').selectOption('keep');
    await page.getByLabel('Another update with a known transaction id').selectOption('correct');
    await page.getByLabel('A postback without a call').selectOption('wait');
    await page.getByLabel('Hours to wait').fill('0');
    await page.getByText('Between 1 hour and 90 days (2,160 hours)').waitFor();
    await page.getByLabel('Hours to wait').fill('48');
    await page.getByLabel('All fields').selectOption('keep');
    await page.getByText('Different rules for single fields').click();
    await page.getByRole('combobox', { name: 'Revenue', exact: true }).selectOption('add');
    await page.getByText('each postback must have a transaction id').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await outliveToast(page, 'Saved: it applies from the next request');
    await page.getByRole('heading', { name: 'After' }).waitFor();
    expect((await ui.server.api('GET', `/webhooks/incoming/${webhook.id}`)).json).toMatchObject({
      name: 'After',
      match_window_hours: 5,
      allowed_addresses: ['203.0.113.7', '2001:db8::/32'],
      rate_limit_per_minute: 600,
      accepts_get: false,
      on_unreadable: 'keep',
      same_transaction: 'correct',
      unmatched: 'wait',
      wait_hours: 48,
      repeats: { '*': 'keep', revenue_paid_out: 'add' },
    });
    await page.getByLabel('Allowed addresses').fill('nonsense');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Send an IPv4 or IPv6 address').waitFor();
  });

  test('checks the signatures of its platform once it has secrets, which are never shown', async () => {
    const { page, webhook } = await openWebhook('Signed', '?tab=settings');
    const path = `/webhooks/incoming/${webhook.id}`;
    await page.getByLabel('Scheme').waitFor();
    const schemes = await page.getByLabel('Scheme').getByRole('option').allInnerTexts();
    expect(schemes.filter((scheme) => scheme.startsWith('Standard Webhooks'))).toHaveLength(1);
    expect(await page.getByRole('heading', { name: /signature/i }).allInnerTexts()).toEqual(['Signature']);
    await page.getByLabel('Scheme').selectOption('hmac');
    await page.getByLabel('Header').fill('X-Signature');
    await page.getByLabel('Secrets', { exact: true }).fill('first secret\nsecond secret');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Check signatures' }).click();
    const saved = 'Saved: requests without a valid signature are rejected';
    await page.getByText(saved).waitFor();
    await page.getByText('Requests must have a valid signature').waitFor();
    expect(await page.getByLabel('New secrets').inputValue()).toBe('');
    expect((await ui.server.api('GET', path)).json).toMatchObject({
      ...{ signature_required: true, verify: { scheme: 'hmac', header: 'X-Signature' } },
    });
    const unsigned = await ui.server.post(webhook, { call_log_id: 'x', reason: 'x' });
    expect(unsigned.json.code).toBe('invalid_signature');
    await outliveToast(page, saved);
    await page.getByRole('button', { name: 'Stop checking' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop checking signatures?' });
    await dialog.getByRole('button', { name: 'Stop checking' }).click();
    await page.getByText('The key alone is checked').waitFor();
    expect((await ui.server.api('GET', path)).json).toMatchObject({
      signature_required: false,
      verify: null,
    });
  });

  test('has a builder whose URL works when it is pasted, with macros left as they are', async () => {
    await ui.server.createCall('CA b&c');
    const { page, webhook } = await openWebhook('Builder', '?tab=builder');
    await page.getByLabel('Auth key').fill(webhook.auth_key);
    await page.getByLabel('Value of call_log_id').fill('CA b&c');
    expect(await copyFrom(page, 'GET URL')).not.toContain('12.50');
    await page.getByText('Not included, because they have no value yet').waitFor();
    await page.getByLabel('Value of converted').fill('true');
    await page.getByLabel('Value of revenue_paid_out').fill('12.50');
    await page.getByLabel('Value of reason').fill('50% = half');
    await page.getByLabel('Value of add').fill('deal:won,who:ü');
    const url = await copyFrom(page, 'GET URL');
    expect((await ui.server.request(pathOf(url))).json).toMatchObject({ status: 'applied' });
    expect(await ui.server.readCall('CA b&c')).toMatchObject({
      reason: '50% = half',
      tags: { deal: 'won', who: 'ü' },
      revenue_paid_out: '12.50',
    });

    await page.getByLabel('Form of the request').selectOption('json');
    await page.getByLabel('Value of reason').fill('By JSON');
    const [body, endpoint] = [await copyFrom(page, 'JSON body'), await copyFrom(page, 'Endpoint URL')];
    const headers = { 'content-type': 'application/json' };
    expect((await ui.server.request(pathOf(endpoint), { method: 'POST', headers, body })).json.status).toBe(
      'applied',
    );
    expect(await ui.server.readCall('CA b&c')).toMatchObject({ reason: 'By JSON' });

    await page.getByLabel('Form of the request').selectOption('url');
    await page.getByLabel('Sender platform').selectOption('ringba_postback');
    expect(await copyFrom(page, 'GET URL')).toContain(
      '&phone_number=[tag:InboundNumber:Number]&converted=true&revenue_paid_out=[Call:ConversionPayout]&',
    );
    await page.getByLabel('Sender platform').selectOption('voluum');
    const voluum = await copyFrom(page, 'GET URL');
    expect(voluum).toContain('call_log_id={externalid}&converted=true&revenue_paid_out={payout}&');
    expect(voluum).not.toContain('[');
    await page.getByLabel('Sender platform').selectOption('invoca');
    await page.getByText('Invoca has no macros for a URL, so there is no GET URL').waitFor();
    expect(await page.getByRole('button', { name: 'Copy GET URL' }).count()).toBe(0);
    expect(await copyFrom(page, 'JSON body')).not.toContain('{externalid}');
    await expectAccessible(page);
  });

  test('counts what was answered: a postback stays queued there when its call has completed', async () => {
    const { page, webhook } = await openWebhook('Counted');
    await ui.server.createCall('CA-Q', { state: 'live' });
    expect((await ui.server.post(webhook, { call_log_id: 'CA-Q', reason: 'x' })).json.status).toBe('queued');
    await ui.server.createCall('CA-Q', { state: 'completed' });
    await expect.poll(async () => (await ui.server.readCall('CA-Q')).reason).toBe('x');
    await page.getByText('Postbacks an hour, by answer').waitFor();
    await page.getByRole('link', { name: 'Incoming', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Answers of the last 24 hours' }).waitFor();
    const row = page.getByRole('row').filter({ hasText: 'Counted' });
    await row.getByRole('img', { name: '1 queued', exact: true }).waitFor();
  });

  test('is tried by hand: a dry run first, then for good, and a rejection', async () => {
    await ui.server.createCall('CA-T', { campaign: 'Roofing' });
    const { page } = await openWebhook('Tried', '?tab=test');
    await page.getByLabel('Recent call').selectOption('CA-T');
    await page.getByLabel('Value of revenue_paid_out').fill('7.25');
    await page.getByLabel('converted', { exact: true }).uncheck();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('heading', { name: 'What it would do' }).waitFor();
    await page.getByRole('region', { name: 'Answer' }).getByText('"dry_run": true').waitFor();
    expect(await ui.server.readCall('CA-T')).toMatchObject({ revenue_paid_out: null });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'What it did' }).waitFor();
    await page
      .getByRole('region', { name: 'Request', exact: true })
      .getByText('"revenue_paid_out": "7.25"')
      .waitFor();
    expect(await ui.server.readCall('CA-T')).toMatchObject({ revenue_paid_out: '7.25' });
    await expectAccessible(page);
    await page.getByLabel('Value of revenue_paid_out').fill('$7');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: 'Answer' }).getByText('HTTP 422').waitFor();
  });

  test.each([
    [
      'calls',
      async (page: Page) => {
        await page.getByLabel('Value of call_log_id').fill('CA-BY-HAND');
        await page.getByLabel('Value of add').fill('source:radio');
      },
      { call_log_id: 'CA-BY-HAND', state: 'completed', add: { source: 'radio' } },
    ],
    [
      'call_data',
      (page: Page) => page.getByLabel('Value of phone_number').fill('+12135550177'),
      { phone_number: '+12135550177', add: { zip: '90210' } },
    ],
  ])('of the type %s names what it takes once, and is tried by hand', async (type, fill, body) => {
    const webhook = await ui.server.createWebhook(type, { name: type });
    const { page } = await ui.open(`/webhooks/incoming/${webhook.id}?tab=builder`);
    const callName = Object.keys(body)[0] ?? '';
    await page
      .getByRole('alert')
      .getByText(`Fill in ${callName}: without it the request is rejected.`)
      .waitFor();
    await page.getByRole('tab', { name: 'Test' }).click();
    await fill(page);
    expect(await page.getByLabel('Value of phone_number').count()).toBe(1);
    await page.getByRole('button', { name: 'Send' }).click();
    await page
      .getByRole('region', { name: 'Answer' })
      .getByText(/HTTP 20[12]/)
      .waitFor();
    const sent = await page
      .getByRole('region', { name: 'Request', exact: true })
      .locator('pre')
      .textContent();
    expect(JSON.parse(sent?.slice(sent.indexOf('{')) ?? '')).toMatchObject(body);
  });

  test('has any name at all', async () => {
    for (const name of [
      '<script>window.isRun = true</script>',
      '<img src=x onerror="window.isRun = true">',
      'مركز الاتصال',
    ]) {
      const { page, webhook } = await openWebhook(name);
      await page.getByRole('heading', { name }).waitFor();
      await ui.server.post(webhook, { call_log_id: 'missing', reason: name });
      await page.getByText('call_not_found').first().waitFor();
      await page.getByRole('link', { name: 'Incoming webhooks' }).click();
      await page.getByRole('link', { name, exact: true }).waitFor();
      expect(await page.evaluate('"isRun" in window')).toBe(false);
    }
  });

  test('fits on a phone: nothing is wider than the window', async () => {
    const { page, webhook } = await openWebhook('Phone', '', { isPhone: true });
    await ui.server.post(webhook, { call_log_id: 'missing', reason: 'x' });
    for (const tab of ['Activity', 'Mapping', 'URL builder', 'Test', 'Settings']) {
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

  test('that does not exist is shown differently from an error', async () => {
    const { page } = await ui.open('/webhooks/incoming/01a20ce0-3352-7928-9ffe-a3b97d2025a3');
    await page.getByText('There is no page at this address').waitFor();
  });
});
