/** Scripts in every text that a sender, a telephony system or an operator can write: the pages show them as text. */
import { beforeAll, expect, test } from 'vitest';
import { useUi } from '../support/ui.ts';

const script = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
const link = 'javascript:window.pwned=1';

const ui = useUi();
let paths: string[];

beforeAll(async () => {
  const names = { campaign: script, publisher: script, buyer: link, end_status: script.slice(0, 50) };
  const callLogId = `"><script>window.pwned=1</script>`;
  await ui.server.createCall(callLogId, {
    ...names,
    phone_number: '+12125550100',
    tags: { [script]: script },
  });
  const webhook = await ui.server.createWebhook('update_fields', { name: script });
  const update = { call_log_id: callLogId, reason: script, add: { [link]: link }, [script]: script };
  const sent = await ui.server.post(webhook, { ...update, transaction_id: script }, { 'user-agent': script });
  const rejected = await ui.server.post(webhook, { call_log_id: script, converted: script });
  expect([sent.status, rejected.status]).toEqual([200, 422]);
  await ui.server.api('PATCH', '/account', { name: script });
  paths = [
    '/overview',
    '/calls',
    `/calls?q=${encodeURIComponent(script)}`,
    `/calls/${encodeURIComponent(callLogId)}`,
    '/postbacks',
    `/postbacks/${sent.json.postback_id}`,
    `/postbacks/${rejected.json.postback_id}`,
    '/webhooks/incoming',
    `/webhooks/incoming/${webhook.id}`,
  ];
});

test('no page runs text of others as code or makes it a link', async () => {
  const { page, faults } = await ui.open('/system');
  for (const path of paths) {
    await page.goto(path);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.waitForLoadState('load');
    expect(await page.evaluate('window.pwned'), path).toBeUndefined();
    expect(await page.locator('a[href^="javascript:" i]').count(), path).toBe(0);
    expect(await page.locator('img[src="x"], script:not([src])').count(), path).toBe(0);
    expect(faults.splice(0), path).toEqual([]);
  }
});
