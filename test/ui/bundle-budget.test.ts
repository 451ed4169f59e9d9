/** What a browser has to fetch before it shows a page (decision 013), and in which order it asks for it. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { findFreePort } from '../support/programs/free-port.ts';
import { useUi } from '../support/ui.ts';
import { conditionMsMax } from '../support/wait-limit.ts';

const budgetBytes = 250_000;
/** A browser asks for six files at a time. */
const filesMax = 16;

const ui = useUi();
let pages: string[];

beforeAll(async () => {
  const { server } = ui;
  const webhook = await server.createWebhook();
  await server.createCall('C1');
  await server.post(webhook, { call_log_id: 'C1', converted: 'perhaps' });
  const { items } = (await server.api('GET', '/postbacks')).json;
  const url = `http://127.0.0.1:${await findFreePort()}`; // nothing listens there
  const tracker = { name: 'Tracker', url, events: ['call.created'] };
  const outgoing = (await server.api('POST', '/webhooks/outgoing', tracker)).json;
  await server.createCall('C2');
  pages = [
    ...['/sign-in', '/overview', '/system', '/calls', '/calls/C1', '/postbacks', '/postbacks/inbox'],
    ...[`/postbacks/${items[0].id}`, '/webhooks/incoming', `/webhooks/incoming/${webhook.id}`],
    ...[
      '/webhooks/outgoing',
      '/webhooks/outgoing/new',
      `/webhooks/outgoing/${outgoing.id}`,
      `/webhooks/deliveries/${await deliveryOf(outgoing.id)}`,
      '/files/import',
      '/files/reconcile',
      '/files/payouts',
    ],
    ...['/access/people', '/access/tokens', '/access/sessions', '/access/audit', '/access/account'],
  ];
});

/** The delivery of an event that has happened. */
async function deliveryOf(outgoingId: string): Promise<string> {
  const read = async () => (await ui.server.api('GET', `/deliveries?webhook_id=${outgoingId}`)).json.items;
  const [delivery] = await vi.waitUntil(
    async () => {
      const items = await read();
      return items.length > 0 && items;
    },
    { timeout: conditionMsMax },
  );
  return delivery.id;
}

async function gzippedBytes(path: string): Promise<number> {
  const response = await fetch(ui.server.url + path, { headers: { 'accept-encoding': 'identity' } });
  expect(response.status).toBe(200);
  return gzipSync(Buffer.from(await response.arrayBuffer())).byteLength;
}

/** Paths of what the page has fetched, with their queries, in the order in which it asked for them. */
function fetchedBy(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `performance.getEntriesByType('resource').sort((one, other) => one.startTime - other.startTime)
      .map(({ name }) => new URL(name)).map(({ pathname, search }) => pathname + search)`,
  );
}

test('the first load of each page weighs at most 250 kB gzipped, in few files', async () => {
  const signedOut = (await ui.open('/sign-in', { isSignedIn: false })).page;
  const signedIn = (await ui.open('/system')).page;
  for (const path of pages) {
    const page = path === '/sign-in' ? signedOut : signedIn;
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    const files = (await fetchedBy(page)).filter((one) => one.startsWith('/assets/'));
    const own = files.filter((one) => !/plot|palette/.test(one)); // both are fetched when the page is there
    expect(own.length).toBeGreaterThan(1);
    expect(own.length, `files of ${path}`).toBeLessThanOrEqual(filesMax);
    const sizes = await Promise.all(own.map(gzippedBytes));
    expect(
      sizes.reduce((sum, size) => sum + size, 0),
      `bytes of ${path}`,
    ).toBeLessThan(budgetBytes);
  }
});

test('pages without a chart do not fetch the chart library', async () => {
  for (const path of ['/sign-in', '/webhooks/incoming', '/calls']) {
    const { page } = await ui.open(path, { isSignedIn: path !== '/sign-in' });
    await page.getByRole('heading').first().waitFor();
    expect((await fetchedBy(page)).join()).not.toContain('plot');
  }
});

test('the list of a page is on its way with its code, and asked for once', async () => {
  const { page, context } = await ui.open('/system');
  // When the stream of changes is ready, the list is read again: here it never is.
  await context.route('**/api/v1/events', () => {});
  for (const [path, list] of [
    ['/calls', '/api/v1/calls'],
    ['/postbacks', '/api/v1/postbacks?previews=false'],
    ['/postbacks/inbox', '/api/v1/postbacks?open=true&limit=50'],
    ['/overview', '/api/v1/overview/attention'],
  ] as const) {
    await page.goto(path);
    await page.getByRole('table').or(page.getByText('Nothing to attach')).first().waitFor();
    const html = await (await fetch(ui.server.url + path, { headers: { accept: 'text/html' } })).text();
    for (const request of ['/api/v1/session', '/api/v1/fields', list]) {
      expect(html).toContain(`href="${request.replaceAll('&', '&amp;')}"`);
      const times = async () => (await fetchedBy(page)).filter((one) => one === request).length;
      // It is there when it is answered, which another table of the page may be before it.
      await expect.poll(times, { message: `${request} of ${path}` }).toBeGreaterThan(0);
      expect(await times(), `${request} of ${path}`).toBe(1);
    }
  }
});

test('a list that the address narrows is not asked for before it is known', async () => {
  const { page } = await ui.open('/calls?state=live');
  await page.getByText('No call matches').waitFor();
  expect(await fetchedBy(page)).not.toContain('/api/v1/calls');
});
