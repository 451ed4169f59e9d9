/** The postback log in a browser: the list, one postback with its request and answer, and its replay. */
import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from '../../support/browser/browser.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestServerOn, type TestWebhook } from '../../support/server.ts';
import { addFilter, useUi } from '../../support/ui.ts';

const ui = useUi();
let crm: TestWebhook;
const evil = '<script>window.hacked = true</script>';

beforeAll(async () => {
  crm = await ui.server.createWebhook('update_fields', { name: `CRM ${evil}` });
});

const idOf = async (body: object) => (await ui.server.post(crm, body)).headers.get('x-postback-id') ?? '';
const isHacked = (page: Page) => page.evaluate<boolean>('"hacked" in window');
const replayNow = (page: Page) => page.getByRole('button', { name: 'Replay now' });

async function openReplay(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('dialog').waitFor();
}

describe('the log', () => {
  test('shows each outcome in words, filters by the URL, and opens one', async () => {
    await ui.server.createCall('listed');
    await ui.server.post(crm, { call_log_id: 'listed', reason: evil, revenue_paid_out: '1234.5' });
    await ui.server.post(crm, { call_log_id: 'missing call', reason: 'r', transaction_id: 'T-1' });
    const { page } = await ui.open('/postbacks');
    const table = page.getByRole('region', { name: 'Postbacks' });
    await table.getByText('No call has this id.').first().waitFor();
    await table.getByText('1,234.50').waitFor();
    expect(await isHacked(page)).toBe(false);
    await (await addFilter(page, 'Outcome')).selectOption('Rejected');
    await page.waitForURL(/status=rejected/);
    await table.getByText('1,234.50').waitFor({ state: 'detached' });
    await (await addFilter(page, 'Transaction id')).fill('T-1');
    await page.waitForURL(/transaction_id=T-1/);
    await page.reload();
    await page.getByRole('button', { name: 'Outcome: Rejected' }).waitFor();
    await table.getByText('missing call').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
    await expectAccessible(page);
    await table.getByRole('link').first().click();
    await page.waitForURL(/\/postbacks\/[0-9a-f-]{36}$/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await table.getByText('1,234.50').waitFor();
  });

  test('says what to do where there is nothing, and fits a phone', async () => {
    const { page } = await ui.open('/postbacks?code=ambiguous_call', { isPhone: true });
    await page.getByText('No postback matches').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Rejected for' }).click();
    await page.getByRole('region', { name: 'Postbacks' }).waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});

describe('one postback', () => {
  test('shows the request, the answer and every change', async () => {
    await ui.server.createCall('shown', { tags: { stage: 'old' } });
    const answer = await ui.server.post(crm, {
      ...{ call_log_id: 'shown', reason: evil, add: { stage: 'new' }, revenue_paid_out: 12.5, utm: 'x' },
    });
    const { page } = await ui.open(`/postbacks/${answer.json.postback_id}`);
    const changes = page.getByRole('list', { name: 'Changes' });
    await changes.getByText('12.50').waitFor();
    expect(await changes.textContent()).toMatch(/stage\s*from\s*old\s*to\s*new/);
    const shown = await page.getByRole('region', { name: 'Answer' }).textContent();
    expect(JSON.parse(shown ?? '')).toEqual(answer.json);
    const request = JSON.parse(
      (await page.getByRole('region', { name: 'Request', exact: true }).textContent()) ?? '',
    );
    expect(request).toMatchObject({
      method: 'POST',
      path: '/update-fields',
      body: { reason: evil, utm: 'x' },
    });
    expect(await page.getByRole('button', { name: 'Replay', exact: true }).count()).toBe(0);
    expect(await isHacked(page)).toBe(false);
    await expectAccessible(page);
  });

  test('of a rejection tells every fault and what to do', async () => {
    const id = await idOf({ call_log_id: 'shown', converted: 'perhaps', revenue_paid_out: '$5' });
    const { page } = await ui.open(`/postbacks/${id}`, { theme: 'dark', isPhone: true });
    await page.getByText('What to do').waitFor();
    const text = await page.getByRole('main').textContent();
    for (const word of ['Converted', 'Revenue', 'no currency sign', 'HTTP 422']) expect(text).toContain(word);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  test.each([
    [
      'JSON',
      { body: { call_log_id: 'curl', reason: `it's "${evil}" $HOME \`id\` \\`, revenue_paid_out: '5' } },
    ],
    ['a form', { body: new URLSearchParams({ call_log_id: 'curl', reason: 'a & b + c', 'add[k]': "it's" }) }],
    ['nothing but a query', { query: '&call_log_id=curl&reason=from%20the%20query&add=a:1,b:2' }],
  ])('copied as curl does the same when a shell runs it with the key: %s', async (_name, sent) => {
    const { body, query = '' } = sent as { body?: unknown; query?: string };
    await ui.server.createCall('curl');
    const method = body === undefined ? 'GET' : 'POST';
    const first = await ui.server.request(`/update-fields?auth_key=${crm.auth_key}${query}`, {
      method,
      body,
    });
    const { page } = await ui.open(`/postbacks/${first.headers.get('x-postback-id')}`);
    await page.getByRole('button', { name: 'Copy as curl the request' }).click();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).not.toContain(crm.auth_key);
    const again = await runCurl(command.replace('YOUR_AUTH_KEY', crm.auth_key));
    expect([again.status, again.json.status]).toEqual([200, 'unchanged']);
    const update = async (id: string) => (await ui.server.api('GET', `/postbacks/${id}`)).json.update;
    expect(await update(again.json.postback_id)).toEqual(await update(first.json.postback_id));
  });

  /** A real shell reads the command; what it would give to curl is sent from here, for not every machine has curl. */
  async function runCurl(command: string) {
    const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
    const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    const valuesOf = (flag: string) =>
      words.flatMap((word, at) => (word === flag ? [words[at + 1] ?? ''] : []));
    const url = new URL(words.find((word) => word.startsWith('http')) ?? '');
    const headers = Object.fromEntries(valuesOf('-H').map((line) => line.split(/: (.*)/s).slice(0, 2)));
    const [body] = valuesOf('--data-raw');
    return ui.server.request(url.pathname + url.search, { method: valuesOf('-X')[0] ?? '', headers, body });
  }

  test('that does not exist has a page that says so', async () => {
    const { page, faults } = await ui.open('/postbacks/0199aaaa-0000-7000-8000-000000000001');
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    faults.splice(0); // the 404
  });
});

describe('a replay', () => {
  test('is tried first, then done: rejected → corrected → applied', async () => {
    const id = await idOf({ call_log_id: 'corrected', revenue_paid_out: '99.9', reason: 'r' });
    const { page, faults } = await ui.open(`/postbacks/${id}`);
    await openReplay(page);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText('No call has this call_log_id').waitFor();
    faults.splice(0); // the 404
    await ui.server.createCall('corrected');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('dialog').getByRole('list', { name: 'Changes' }).getByText('99.90').waitFor();
    expect((await ui.server.readCall('corrected')).revenue_paid_out).toBeNull();
    await expectAccessible(page);
    await replayNow(page).click();
    const replays = page.getByRole('list', { name: 'Replays' });
    await replays.getByText('Applied').waitFor();
    await page.getByText('replayed: applied').waitFor();
    await page.getByText('The replay succeeded').waitFor();
    expect(await page.getByRole('button', { name: 'Replay', exact: true }).count()).toBe(0);
    expect((await ui.server.readCall('corrected')).revenue_paid_out).toBe('99.90');
    await replays.getByRole('link').click();
    await page.getByText('the postback that was rejected').waitFor();
    await page.goto('/postbacks?status=rejected');
    const row = page.getByRole('row').filter({ hasText: 'corrected' });
    await row.getByText('replayed: applied').waitFor();
    expect(await row.count()).toBe(1); // the rejected dry run is left out
  });

  test('is done once, though two people press at once', async () => {
    const id = await idOf({ call_log_id: 'twice', reason: 'r' });
    await ui.server.createCall('twice');
    const pages = await Promise.all([0, 1].map(async () => (await ui.open(`/postbacks/${id}`)).page));
    for (const page of pages) await openReplay(page);
    await Promise.all(
      pages.map((page) =>
        replayNow(page)
          .dblclick()
          .catch(() => {}),
      ),
    ); // the dialog goes with the first click
    for (const page of pages)
      await page.getByRole('dialog', { name: 'Replay this postback' }).waitFor({ state: 'detached' });
    const { json } = await ui.server.api('GET', `/postbacks?replay_of=${id}`);
    expect(json.items).toMatchObject([{ status: 'applied', call_log_id: 'twice' }]);
  });
});

test('a note says that the server is away, and the log is back when the server is', async () => {
  const database = await createTestDatabase();
  let own = await startTestServerOn(database);
  const port = Number(new URL(own.url).port);
  const webhook = await own.createWebhook();
  await own.post(webhook, { call_log_id: 'away', reason: 'r' });
  const { page, faults } = await ui.browser.open(own, '/postbacks');
  await page.getByRole('link', { name: 'away', exact: true }).waitFor();
  await page.route(/\/(readyz|events)$/, (route) => route.abort()); // or the page tries again before the click
  await own.stop();
  await (await addFilter(page, 'Outcome')).selectOption('Rejected');
  await page.getByRole('alert').getByText('Ringback does not answer').first().waitFor();
  own = await startTestServerOn(database, { port });
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'away', exact: true }).waitFor();
  faults.splice(0);
  await page.context().close();
  await own.stop();
  await database.drop();
});
