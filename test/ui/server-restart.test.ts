/** A server that is killed and started again: what its pages say meanwhile, and that they go on by themselves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser, type TestPage } from '../support/browser/browser.ts';
import { makeDataDir } from '../support/server-process.ts';

let browser: TestBrowser;

beforeAll(async () => {
  browser = await TestBrowser.launch();
});

afterAll(() => browser.close());

test('pages tell that the server is away, and go on without a click when it is back', async () => {
  const data = await makeDataDir();
  const killed = data.start();
  const first = await killed.listening;
  await first.createWebhook('update_fields', { name: 'Survivor' });
  await first.createCall('CA1', { phone_number: '+12135550101' });
  const pages: TestPage[] = [];
  const open = async (path: string) => {
    const opened = await browser.open(first, path);
    pages.push(opened);
    return opened.page;
  };
  const calls = await open('/calls');
  const webhooks = await open('/webhooks/incoming');
  const postbacks = await open('/postbacks');
  await calls.getByRole('link', { name: '+12135550101' }).waitFor();
  const survivor = webhooks.getByRole('link', { name: 'Survivor' });
  await survivor.waitFor();
  await postbacks.getByText('No postbacks yet').waitFor();

  await killed.end('SIGKILL');
  // A page that stays says that it may be out of date; a list that is asked for and a page that is opened fail.
  await postbacks.getByText('The server is away').waitFor();
  await calls.getByLabel('Search').fill('CA2');
  await calls.getByRole('alert').getByText('Ringback does not answer').waitFor();
  await survivor.click();
  await webhooks.getByRole('alert').getByText('Ringback does not answer').waitFor();

  const port = new URL(first.url).port;
  const back = await data.startOn(port).listening;
  expect(back.url).toBe(first.url);
  await back.createCall('CA2', { phone_number: '+12135550102' });
  await calls.getByRole('link', { name: '+12135550102' }).waitFor();
  await webhooks.getByRole('heading', { name: 'Survivor' }).waitFor();
  for (const { page } of pages) await page.getByText('The server is away').waitFor({ state: 'detached' });
  expect(await calls.getByRole('alert').count()).toBe(0);
  // Closed before the server ends. That a file could not be fetched is the browser's own message, and no fault of a page.
  for (const { context, faults } of pages) {
    await context.close();
    faults.splice(0);
  }
});
