/** The mapping editor in a real browser: an operator who does not know JSON maps what a tracker sends. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { proposeRow } from '../../../ui/src/pages/mapping/rows/propose-row.ts';
import { listsIn, readPasted } from '../../../ui/src/pages/mapping/sample/sample.ts';
import { expectAccessible } from '../../support/browser/browser.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

async function openMapping(settings: object = {}, requests: string[] = [], options = {}) {
  const webhook = await ui.server.createWebhook('update_fields', { name: 'Tracker', ...settings });
  for (const query of requests) await ui.server.get(webhook, [...new URLSearchParams(query)]);
  const { page } = await ui.open(`/webhooks/incoming/${webhook.id}?tab=mapping`, options);
  await page.getByText('How it is read').waitFor();
  return { page, webhook };
}

async function readAs(page: Page, source: string, field: string): Promise<void> {
  const values = page.getByRole('list', { name: 'Values of the request' });
  await values.getByRole('button', { name: new RegExp(`^${source} `) }).click();
  await page.getByRole('menuitem', { name: field, exact: true }).click();
}

const readSetting = async (id: string) => (await ui.server.api('GET', `/webhooks/incoming/${id}`)).json;

test('a tracker’s postback is mapped by clicking its values, and its kept requests are replayed', async () => {
  await ui.server.createCall('CA-7');
  await ui.server.createCall('CA-8');
  const { page, webhook } = await openMapping({ on_unreadable: 'keep' }, [
    'click_id=CA-8&payout=%240.50&status=returned&tid=9',
    'click_id=CA-7&payout=%241,250.50&status=sold&tid=8&gclid=G1',
  ]);
  await page.getByRole('heading', { name: 'Kept requests (2)' }).waitFor();
  await page.getByRole('tab', { name: 'Mapping (2)' }).waitFor();
  await page.getByText('This request cannot be read yet').waitFor();
  await readAs(page, 'click_id', 'Call id');
  await readAs(page, 'payout', 'Revenue');
  await readAs(page, 'status', 'Converted');
  await readAs(page, 'tid', 'Transaction id');
  await readAs(page, 'gclid', 'Tag “gclid”');
  await page.getByRole('button', { name: 'Add the word returned' }).click();
  await page.getByText('Every value of this request can be read').waitFor();
  await page.getByRole('region', { name: 'What to set' }).getByText('1250.50').waitFor();
  expect(await page.getByLabel('Currency to remove').first().inputValue()).toBe('$');
  expect(await page.getByLabel('returned means').inputValue()).toBe('false');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save the mapping' }).click();
  await page.getByText('the next request is read by this mapping').waitFor();
  expect((await readSetting(webhook.id)).mapping).toEqual({
    fields: {
      call_log_id: 'click_id',
      revenue_paid_out: { from: 'payout', as: 'money', currency: '$', thousands: ',' },
      converted: { from: 'status', words: { sold: true, returned: false } },
      transaction_id: 'tid',
      'add.gclid': 'gclid',
    },
  });
  await page.getByRole('button', { name: 'Replay all' }).click();
  await page.getByText('2 requests were read again: 2 applied').waitFor();
  expect(await ui.server.readCall('CA-7')).toMatchObject({
    ...{ revenue_paid_out: '1250.50', converted: true, tags: { gclid: 'G1' } },
  });
  expect(await ui.server.readCall('CA-8')).toMatchObject({ revenue_paid_out: '0.50', converted: false });
});

describe('the editor', () => {
  test('reads a pasted sample before anything was received, also a list of records', async () => {
    const { page, webhook } = await openMapping();
    const sample = page.getByLabel('Sample request');
    await sample.fill('not a request');
    await page.getByText('Paste a URL with its parameters, a form (a=1&b=2), or JSON.').waitFor();
    await sample.fill('{"data":[{"lead":{"id":"CA1"},"amount":"1.234,50"},{"lead":{"id":"CA2"}}]}');
    await page.getByLabel('Records in a request').selectOption('Each item of data');
    await readAs(page, '/lead/id', 'Call id');
    await readAs(page, 'amount', 'Revenue');
    await page.getByText('2 records; the first one is shown').waitFor();
    expect(await page.getByLabel('Amounts are written').inputValue()).toBe('dot');
    await page.getByText('1234.50').first().waitFor();
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await page.getByText('the next request is read by this mapping').waitFor();
    expect((await readSetting(webhook.id)).mapping).toEqual({
      each: '/data',
      fields: {
        call_log_id: '/lead/id',
        revenue_paid_out: { from: 'amount', as: 'money', decimal: ',', thousands: '.' },
      },
    });
  });

  test('shows a value that cannot be read beside its field, and reads it once its format is chosen', async () => {
    const { page } = await openMapping({}, ['id=CA1&when=24/11/2026 09:30&sum=1250']);
    await readAs(page, 'when', 'Converted at');
    expect(await page.getByLabel('Times are written').inputValue()).toBe('eu');
    await page.getByLabel('Times are written').selectOption('us');
    const update = page.getByRole('region', { name: 'What to set' });
    await update
      .getByText(/date|time/i)
      .filter({ visible: true })
      .first()
      .waitFor();
    await page.getByText('This request cannot be read yet').waitFor();
    await page.getByLabel('Times are written').selectOption('eu');
    await update.getByText('2026-11-24T09:30:00.000Z').waitFor();
    await readAs(page, 'sum', 'Revenue');
    await update.getByText('1250.00').waitFor();
    await page.getByLabel('Amounts are written').selectOption('cents');
    await update.getByText('12.50', { exact: true }).waitFor();
    await page.getByLabel('Reason is read from', { exact: true }).selectOption('Always the same value');
    await page.getByLabel('Value of Reason').fill('From the tracker');
    await update.getByText('From the tracker').waitFor();
  });

  test('shows the mapping as JSON, with every error of it', async () => {
    const { page, webhook } = await openMapping({ mapping: { fields: { call_log_id: 'id' } } }, ['id=CA1']);
    await page.getByRole('button', { name: 'Edit as JSON' }).click();
    const text = page.getByLabel('Mapping as JSON');
    await text.fill('{"fields":{"call_log_id":');
    await page.getByText('This is not valid JSON').waitFor();
    await text.fill('{"fields":{"call_log_id":"id","wrong":"a","reason":{"from":"b","as":"x"}}}');
    await page.getByText('/fields/wrong').first().waitFor();
    await page.getByText('/fields/reason/as').first().waitFor();
    await expectAccessible(page);
    await text.fill('{"fields":{"call_log_id":"id","reason":"why"}}');
    await page.getByRole('button', { name: 'Show the form' }).click();
    await page.getByLabel('Reason is read from', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await page.getByText('the next request is read by this mapping').waitFor();
    expect((await readSetting(webhook.id)).mapping.fields.reason).toBe('why');
    await page.getByRole('button', { name: 'Edit as JSON' }).click();
    await text.fill('{"each":"/data"}');
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await expect
      .poll(async () => (await readSetting(webhook.id)).mapping)
      .toEqual({ each: '/data', fields: {} });
  });

  test('shows the rows of a platform, which own rows replace', async () => {
    const { page, webhook } = await openMapping({ preset: 'everflow' }, ['sub1=CA1&payout=5&ref=R']);
    await page.getByRole('region', { name: 'Which call' }).getByText('CA1', { exact: true }).waitFor();
    await readAs(page, 'ref', 'Transaction id');
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await page.getByText('the next request is read by this mapping').waitFor();
    expect(await readSetting(webhook.id)).toMatchObject({
      preset: 'everflow',
      mapping: { fields: { transaction_id: 'ref' } },
    });
  });

  test('sets which requests are read, and when a field is, without JSON', async () => {
    const { page, webhook } = await openMapping({}, ['event=ended&id=CA1&note=A,B&kind=lead']);
    await readAs(page, 'id', 'Call id');
    await readAs(page, 'note', 'Reason');
    await page.getByRole('button', { name: 'Ignore other requests' }).click();
    const words = page.getByLabel('Read requests only if, condition 1: words');
    expect(await words.inputValue()).toBe('ended');
    await words.fill('started');
    await page.getByText('this request is ignored').waitFor();
    await words.fill('started, ended');
    await page.getByText('Every value of this request can be read').waitFor();
    const reason = page.getByRole('region', { name: 'What to set' });
    await reason.getByRole('button', { name: 'Only under a condition' }).click();
    await page.getByLabel('Reason only if, condition 1: value').selectOption('kind');
    await page.getByLabel('Reason only if, condition 1: words').fill('sale');
    await reason.getByText('not in this request').first().waitFor();
    await page.getByLabel('Reason only if, condition 1: words').fill('lead');
    await reason.getByText('A,B', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await page.getByText('the next request is read by this mapping').waitFor();
    expect((await readSetting(webhook.id)).mapping).toEqual({
      only_when: [{ from: 'event', in: ['started', 'ended'] }],
      fields: { call_log_id: 'id', reason: { from: 'note', when: [{ from: 'kind', in: ['lead'] }] } },
    });
    await page.getByRole('button', { name: 'Remove Reason only if, condition 1' }).click();
    await page.getByRole('button', { name: 'Remove Read requests only if, condition 1' }).click();
    await page.getByRole('button', { name: 'Save the mapping' }).click();
    await expect
      .poll(async () => (await readSetting(webhook.id)).mapping)
      .toEqual({ fields: { call_log_id: 'id', reason: 'note' } });
  });

  test('fits on a phone', async () => {
    const { page } = await openMapping({}, ['click_id=CA-7&payout=%241,250.50&status=sold'], {
      isPhone: true,
    });
    await readAs(page, 'payout', 'Revenue');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await expectAccessible(page);
  });
});

describe('what a value is read as at first', () => {
  test.each([
    ['money', '12.50', {}],
    ['money', '$12.50', { as: 'money', currency: '$', thousands: ',' }],
    ['money', '1.234,50 €', { as: 'money', currency: '€', decimal: ',', thousands: '.' }],
    ['money', '1,234.50', { as: 'money', thousands: ',' }],
    ['money', '12,50', { as: 'money', decimal: ',' }],
    ['time', '24.11.2026 09:30', { as: 'time', format: 'eu' }],
    ['time', '11/24/2026 9:30 AM', { as: 'time', format: 'us' }],
    ['time', '03/04/2026', { as: 'time', format: 'us' }],
    ['time', '2026-11-24T09:30:00Z', {}],
    ['boolean', 'TRUE', {}],
    ['boolean', 'charged back', { words: { 'charged back': false } }],
    ['boolean', 'Sold', { words: { Sold: true } }],
  ] as const)('%s %s', (type, text, options) => {
    expect(proposeRow({ type, name: 'x', choices: [] }, 'a', text, 'US')).toEqual({ from: 'a', ...options });
  });
});

test.each([
  ['https://a.example/update-fields?a=1&b=x%20y#top', { method: 'GET', query: 'a=1&b=x%20y' }],
  ['a=1&b=2', { method: 'POST', body: 'a=1&b=2' }],
  [' {"a":[1]} ', { method: 'POST', body: { a: [1] } }],
  ['{"a":', null],
  ['hello', null],
])('a pasted sample is read as what it is: %s', (text, request) => {
  expect(readPasted(text)).toEqual(request);
});

test('lists of records are found where they are, lists of values are not', () => {
  expect(listsIn([{ a: 1 }])).toEqual(['']);
  expect(listsIn({ data: { 'a/b': [{ a: 1 }] }, tags: ['x'] })).toEqual(['/data/a~1b']);
});
