/** What a webhook lets in, set in the web UI, and the secret that its sender signs with. */
import { randomUUID } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { copyFrom, useUi } from '../../support/ui.ts';

const ui = useUi();

test('a webhook is created with access limits, which stay out of the way of who needs none', async () => {
  const { page } = await ui.open('/webhooks/incoming');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByLabel('Name').fill('Limited');
  expect(await page.getByLabel('Allowed addresses').isVisible()).toBe(false);
  await page.getByText('Access limits').click();
  await page.getByLabel('Allowed addresses').fill('127.0.0.0/8, ::1');
  await page.getByLabel('Requests a minute').fill('many');
  await page.getByRole('checkbox', { name: 'Payout', exact: true }).uncheck();
  await page.getByRole('radio', { name: 'Revenue only' }).check(); // which has fields of its own
  await page.getByRole('checkbox', { name: 'Converted at' }).uncheck();
  await page.getByLabel('Accept GET').uncheck();
  await page.getByLabel('Require a signature').check();
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await page.getByText('A whole number, or empty').waitFor();
  await expectAccessible(page);
  await page.getByLabel('Requests a minute').fill('600');
  await page.getByRole('button', { name: 'Create webhook' }).click();
  expect(await copyFrom(page, 'Signing secret')).toMatch(/^whsec_/);
  const { json } = await ui.server.api('GET', '/webhooks/incoming?limit=1');
  expect(json.items).toMatchObject([
    {
      name: 'Limited',
      allowed_addresses: ['127.0.0.0/8', '::1'],
      rate_limit_per_minute: 600,
      allowed_fields: ['converted', 'revenue_paid_out'],
      accepts_get: false,
      signature_required: true,
    },
  ]);
});

test('a webhook gets a new signing secret; the old one ends after the grace time', async () => {
  const signed = { name: 'Signed', signature_required: true };
  const { json: webhook } = await ui.server.api('POST', '/webhooks/incoming', {
    ...signed,
    type: 'update_fields',
  });
  const sendSigned = (secret: string) => {
    const body = JSON.stringify({ call_log_id: 'missing', reason: 'x' });
    const at = new Date();
    const headers = {
      'webhook-id': randomUUID(),
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'content-type': 'application/json',
    };
    const signature = new Signer(secret).sign(headers['webhook-id'], at, body);
    return ui.server.post(webhook, body, { ...headers, 'webhook-signature': signature });
  };
  expect((await sendSigned(webhook.signing_secret)).json.code).toBe('call_not_found');
  const { page } = await ui.open(`/webhooks/incoming/${webhook.id}?tab=settings`);
  await page.getByRole('button', { name: 'New signing secret' }).click();
  await page.getByLabel('Hours that the old secret keeps working').fill('-1');
  await page.getByText('From 0 to 8760').waitFor();
  await page.getByLabel('Hours that the old secret keeps working').fill('0');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Change the secret' }).click();
  const made = await copyFrom(page, 'Signing secret');
  expect((await sendSigned(webhook.signing_secret)).json.code).toBe('invalid_signature');
  expect((await sendSigned(made)).json.code).toBe('call_not_found');
  await page.getByRole('button', { name: 'Done' }).click();

  const own = `whsec_${Buffer.from('a secret of the sender’s own').toString('base64')}`;
  await page.getByRole('button', { name: 'New signing secret' }).click();
  await page.getByLabel('The sender’s own secret').fill(own);
  await page.getByRole('button', { name: 'Change the secret' }).click();
  expect(await copyFrom(page, 'Signing secret')).toBe(own);
  for (const secret of [own, made]) expect((await sendSigned(secret)).json.code).toBe('call_not_found');
});

test('a webhook takes the secret that its sender has, at once', async () => {
  const { id } = await ui.server.createWebhook('update_fields', { name: 'Of a sender' });
  const read = async () => (await ui.server.api('GET', `/webhooks/incoming/${id}`)).json;
  const { page } = await ui.open(`/webhooks/incoming/${id}?tab=settings`);
  await page.getByLabel('The sender’s own secret').fill('too short');
  await page.getByRole('button', { name: 'Require a signature' }).click();
  await expect
    .poll(() => page.getByLabel('The sender’s own secret').getAttribute('aria-invalid'))
    .toBe('true');
  await page
    .getByLabel('The sender’s own secret')
    .fill(`whsec_${Buffer.from('a secret of the sender’s own').toString('base64')}`);
  await page.getByRole('button', { name: 'Require a signature' }).click();
  await page.getByText('Requests must have a valid signature').waitFor();
  expect(await read()).toMatchObject({ signature_required: true });
  expect(await page.getByRole('dialog').count()).toBe(0); // the secret is known already
  await expectAccessible(page);
});

test('the error of an unreadable address is shown at its field', async () => {
  const { id } = await ui.server.createWebhook('update_fields', { name: 'Addressed' });
  const { page } = await ui.open(`/webhooks/incoming/${id}?tab=settings`);
  await page.getByLabel('Allowed addresses').fill('127.0.0.1\nhome');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => page.getByLabel('Allowed addresses').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('alert').count()).toBe(0);
});
