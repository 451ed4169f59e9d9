/** Changes that race with what the page reads: before the stream of changes is ready, and while a list is on its way. */
import type { Page, Route } from 'playwright-core';
import { expect, test } from 'vitest';
import { openEvents } from '../../support/requests/event-stream.ts';
import { useUi } from '../../support/ui.ts';

const ui = useUi();

async function expectCall(page: Page, campaign: string): Promise<void> {
  await expect.poll(() => page.getByRole('table').textContent()).toContain(campaign);
}

test('a call that comes after the list was read and before the stream is ready appears', async () => {
  await ui.server.createCall('known', { campaign: 'known' });
  const { page, context } = await ui.open('/calls');
  let connect = () => {};
  const mayConnect = new Promise<void>((resolve) => {
    connect = resolve;
  });
  await context.route('**/api/v1/events', async (route) => {
    await mayConnect;
    await route.continue();
  });
  await page.reload();
  await expectCall(page, 'known');
  await ui.server.createCall('between', { campaign: 'between' });
  connect();
  await expectCall(page, 'between');
});

test('a call that comes while the list is on its way appears', async () => {
  const { page, context } = await ui.open('/calls');
  await page.getByRole('table').waitFor();
  const stream = await openEvents(ui.server);
  await stream.next(); // it is ready
  const held: Route[] = [];
  let release = () => {};
  const mayArrive = new Promise<void>((resolve) => {
    release = resolve;
  });
  await context.route(
    ({ pathname }) => pathname === '/api/v1/calls',
    async (route) => {
      const response = await route.fetch();
      held.push(route);
      await mayArrive;
      await route.fulfill({ response });
    },
  );
  await ui.server.createCall('first', { campaign: 'first' });
  await stream.next();
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await ui.server.createCall('second', { campaign: 'second' });
  await stream.next();
  release();
  await expectCall(page, 'second');
});
