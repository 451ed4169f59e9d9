/** The page of one call: what is known of it, what waits, all that happened, and changes by hand. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import type { TestWebhook } from '../../support/server.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await ui.server.createWebhook('update_fields', { name: 'Acme CRM' });
  await ui.server.api('PATCH', '/account', { time_zone: 'America/New_York' });
});

async function open(callLogId: string, options = {}): Promise<Page> {
  const { page } = await ui.open(`/calls/${encodeURIComponent(callLogId)}`, options);
  await page.getByRole('heading', { level: 1, name: callLogId }).waitFor();
  return page;
}

/** As a new browser shows it: the newest first. */
const timelineOf = (page: Page) => page.getByRole('list', { name: 'Timeline' }).locator('> li');
const changesIn = (page: Page, at: number) =>
  timelineOf(page).nth(at).getByRole('list', { name: 'Changes' }).getByRole('listitem').allInnerTexts();

/** Texts with their line breaks as spaces. */
const flat = (texts: string[]) => texts.map((text) => text.replace(/\s+/g, ' '));

test('the timeline tells every before and after, and leads to its postbacks', async () => {
  await ui.server.createCall('story', {
    started_at: '2026-11-01T15:00:00Z',
    campaign: 'Solar',
    duration_seconds: 184,
  });
  await ui.server.post(webhook, {
    call_log_id: 'story',
    revenue_paid_out: '12.5',
    converted: true,
    add: { deal: 'won' },
  });
  await ui.server.post(webhook, { call_log_id: 'story', revenue_paid_out: '14', remove: 'deal' });
  const rejected = await ui.server.post(webhook, { call_log_id: 'story', revenue_paid_out: '$15' });
  await ui.server.api('PATCH', '/calls/story', { reason: 'Checked' });
  const page = await open('story');
  await expect.poll(() => timelineOf(page).count()).toBe(6);
  expect(flat(await changesIn(page, 5))).toContain('Started from none to 2026-11-01 10:00:00');
  expect(flat(await changesIn(page, 3))).toEqual([
    'Converted from no to yes',
    expect.stringMatching(/^Converted at from none to 20/),
    'Revenue from none to 12.50',
    'Tag deal from none to won',
  ]);
  expect(flat(await changesIn(page, 2))).toEqual([
    'Revenue from 12.50 to 14.00',
    'Tag deal from won to none',
  ]);
  const rejectedItem = timelineOf(page).nth(1);
  expect(await rejectedItem.textContent()).toMatch(
    /Acme CRM[\s\S]*rejected[\s\S]*A value cannot be read\. invalid_value/,
  );
  expect(await rejectedItem.getByRole('link', { name: 'Postback' }).getAttribute('href')).toBe(
    `/postbacks/${rejected.json.postback_id}`,
  );
  expect(await timelineOf(page).nth(0).textContent()).toMatch(/Changed by hand[\s\S]*owner/);
  await page.getByRole('button', { name: 'Newest first' }).click();
  await expect.poll(() => timelineOf(page).nth(5).textContent()).toMatch(/Changed by hand/);
  await page.reload();
  await page.getByRole('button', { name: 'Oldest first' }).waitFor();
  await expect.poll(() => timelineOf(page).nth(5).textContent()).toMatch(/Changed by hand/);
  await expectAccessible(page);
});

test('every field of the call is there, in the account’s time zone', async () => {
  await ui.server.createCall('fields', {
    phone_number: '+12135550142',
    started_at: '2026-11-01T15:00:00Z',
    tracking_number: '+18005550100',
    buyer: 'Acme Roofing',
    publisher: 'Northwind Media',
    end_status: 'answered',
    revenue_paid_out: '1234567.5',
    publisher_paid_out: '8',
    no_payout_reason: 'Caps exceeded',
    reason: 'x'.repeat(500),
    tags: { deal: 'won' },
  });
  const page = await open('fields');
  const main = await page.getByRole('main').textContent();
  for (const text of [
    '+12135550142',
    '+18005550100',
    'Acme Roofing',
    'answered',
    '1,234,567.50',
    'Caps exceeded',
    '2026-11-01 10:00:00',
    'x'.repeat(500),
  ])
    expect(main).toContain(text);
  await page.getByText('held', { exact: true }).waitFor();
});

describe('a live call', () => {
  test('shows its running clock and what waits for its end, and from whom, until it completes', async () => {
    await ui.server.createCall('waiting', { state: 'live' });
    await ui.server.post(webhook, { call_log_id: 'waiting', revenue_paid_out: '7', add: { deal: 'won' } });
    await ui.server.api('PATCH', '/calls/waiting', { reason: 'Asked', remove: ['old'] });
    const page = await open('waiting');
    const queued = page.getByRole('list', { name: 'Queued updates' }).locator('> li');
    await expect.poll(() => queued.count()).toBe(2);
    expect(flat(await queued.allInnerTexts())).toEqual([
      expect.stringMatching(/^through Acme CRM .* Revenue 7\.00 Tag deal won$/),
      expect.stringMatching(/^by owner .* Reason Asked Tag old removed$/),
    ]);
    const clock = page.getByRole('timer');
    const before = await clock.textContent();
    await expect.poll(() => clock.textContent()).not.toBe(before);
    await expectAccessible(page);
    await ui.server.api('POST', '/calls/waiting/complete', { duration_seconds: 65 });
    await page.getByText('1:05').first().waitFor();
    expect(await page.getByRole('list', { name: 'Queued updates' }).count()).toBe(0);
    await page.getByText('Call completed').waitFor();
  });
});

describe('changed by hand', () => {
  async function startChange(page: Page) {
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    return page.getByRole('dialog', { name: 'Change the call' });
  }

  test('first the changes are shown; then they are made, and are in the timeline', async () => {
    await ui.server.createCall('by hand', { revenue_paid_out: '5', tags: { old: 'yes', kept: '1' } });
    const page = await open('by hand');
    const dialog = await startChange(page);
    await expectAccessible(page);
    expect(await dialog.getByRole('button', { name: 'Review' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Revenue').fill('12.50');
    await dialog.getByLabel('Converted', { exact: true }).selectOption('Yes');
    await dialog.getByLabel('Converted at').fill('2026-11-02T09:30:00');
    await dialog.getByLabel('No-payout reason').selectOption('Caps exceeded');
    await dialog.getByLabel('Reason', { exact: true }).fill('Signed on site');
    await dialog.getByRole('button', { name: 'Remove the tag old' }).click();
    await dialog.getByRole('button', { name: 'Add a tag' }).click();
    await dialog.getByLabel('Key').fill('deal');
    await dialog.getByLabel('Value').fill('won');
    await dialog.getByRole('button', { name: 'Review' }).click();
    const diff = dialog.getByRole('list', { name: 'What will change' }).getByRole('listitem');
    await diff.first().waitFor();
    expect(flat(await diff.allInnerTexts())).toEqual([
      'Converted from no to yes',
      'Converted at from none to 2026-11-02 09:30:00',
      'Revenue from 5.00 to 12.50',
      'Reason from none to Signed on site',
      'No-payout reason from none to Caps exceeded',
      'Tag old from yes to none',
      'Tag deal from none to won',
    ]);
    expect((await ui.server.readCall('by hand')).revenue_paid_out).toBe('5.00');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Change the call' }).click();
    await page.getByText('The call is changed').waitFor();
    expect(await ui.server.readCall('by hand')).toMatchObject({
      revenue_paid_out: '12.50',
      call_converted_at: '2026-11-02T14:30:00.000Z',
      tags: { kept: '1', deal: 'won' },
    });
    await timelineOf(page).filter({ hasText: 'Changed by hand' }).getByText('Signed on site').waitFor();
  });

  test('each fault is at its field, and what was typed stays, until one closes on purpose', async () => {
    await ui.server.createCall('faulty');
    const page = await open('faulty');
    const dialog = await startChange(page);
    await dialog.getByLabel('Revenue').fill('$14');
    await dialog.getByLabel('Payout', { exact: true }).fill('1e3');
    await dialog.getByRole('button', { name: 'Review' }).click();
    await expect.poll(() => dialog.getByLabel('Revenue').getAttribute('aria-invalid')).toBe('true');
    expect(await dialog.getByText('Send a plain decimal number').count()).toBeGreaterThanOrEqual(2);
    expect(await dialog.getByLabel('Revenue').inputValue()).toBe('$14');
    await expectAccessible(page);
    await dialog.getByLabel('Revenue').fill('14');
    await dialog.getByLabel('Payout', { exact: true }).fill('');
    await dialog.getByRole('button', { name: 'Review' }).click();
    await dialog.getByRole('button', { name: 'Back' }).click();
    expect(await dialog.getByLabel('Revenue').inputValue()).toBe('14');
    const question = page.getByRole('alertdialog', { name: 'Close without finishing?' });
    await page.keyboard.press('Escape');
    await expectAccessible(page, '[role=alertdialog]');
    await question.getByRole('button', { name: 'Stay' }).click();
    expect(await dialog.getByLabel('Revenue').inputValue()).toBe('14');
    await page.keyboard.press('Escape');
    await question.getByRole('button', { name: 'Close anyway' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await ui.server.readCall('faulty')).revenue_paid_out).toBeNull();
  });

  test('a tag that is added after the review is another one than those before', async () => {
    await ui.server.createCall('two tags');
    const page = await open('two tags');
    const dialog = await startChange(page);
    for (const [at, tag] of ['first', 'second'].entries()) {
      await dialog.getByRole('button', { name: 'Add a tag' }).click();
      await dialog.getByLabel('Key').nth(at).fill(tag);
      await dialog.getByLabel('Value').nth(at).fill(`the ${tag}`);
      await dialog.getByRole('button', { name: 'Review' }).click();
      if (at === 0) await dialog.getByRole('button', { name: 'Back' }).click();
    }
    await dialog.getByRole('button', { name: 'Change the call' }).click();
    await page.getByText('The call is changed').waitFor();
    const { tags } = await ui.server.readCall('two tags');
    expect(tags).toEqual({ first: 'the first', second: 'the second' });
  });

  test('a live call’s change waits for its end; what wants a completed call is rejected', async () => {
    await ui.server.createCall('live change', { state: 'live' });
    const page = await open('live change');
    const dialog = await startChange(page);
    await dialog.getByLabel('Payout', { exact: true }).fill('3');
    await dialog.getByRole('button', { name: 'Review' }).click();
    await dialog.locator('input[aria-invalid=true]').waitFor();
    expect(await dialog.locator('input[aria-invalid=true]').inputValue()).toBe('3');
    expect(await dialog.getByRole('alert').count()).toBe(0); // the error is at its field alone
    await dialog.getByLabel('Payout', { exact: true }).fill('');
    await dialog.getByLabel('Revenue').fill('9');
    await dialog.getByRole('button', { name: 'Review' }).click();
    await dialog.getByText('The call is live').waitFor();
    await dialog.getByRole('button', { name: 'Queue the change' }).click();
    await page.getByText('Queued until the call completes').waitFor();
    await page.getByRole('list', { name: 'Queued updates' }).getByText('9.00').waitFor();
    expect(await ui.server.readCall('live change')).toMatchObject({
      revenue_paid_out: null,
      queued_updates: 1,
    });
  });
});

describe('whatever a call holds is text', () => {
  test.each([
    'a/b c',
    '100%25',
    '<script>alert(1)</script>',
    'ü?#&=+',
    'מספר שיחה',
    '%2F',
    'a\\b',
    "';--",
    '😀',
  ])('the id %j has a page', async (callLogId) => {
    await ui.server.createCall(callLogId);
    const page = await open(callLogId);
    await page.getByRole('link', { name: 'All calls' }).click();
    await page.getByLabel('Search').fill(callLogId);
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: callLogId }).waitFor();
  });

  test('200 tags, a reason of 500 characters, <script> and right-to-left text stay in their place', async () => {
    const script = '<script>document.title = "run"</script><img src=x onerror="document.title = 1">';
    const tags = Object.fromEntries(Array.from({ length: 197 }, (_, at) => [`key ${at}`, `value ${at}`]));
    await ui.server.createCall('full', {
      campaign: script,
      buyer: 'קונה (בע"מ) 100%',
      reason: 'w'.repeat(500),
      tags: { ...tags, [script]: script, 'long one': 'v'.repeat(1_000), مفتاح: 'قيمة' },
    });
    for (const isPhone of [false, true]) {
      const page = await open('full', { isPhone });
      await expect
        .poll(() => page.getByRole('list', { name: 'Tags' }).getByRole('listitem').count())
        .toBe(200);
      await page.getByText(script).first().waitFor();
      expect(await page.title()).toBe('full · Ringback');
      expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
        true,
      );
      await page.goto('/calls?q=full');
      await page.getByText('+198').waitFor({ state: 'attached' });
      expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
        true,
      );
    }
  });
});

test('an id that no call has says so, and leads on', async () => {
  const { page } = await ui.open('/calls/missing');
  await page.getByText('No call has this id').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Search for it' }).click();
  await page.getByText('No call matches').waitFor();
});
