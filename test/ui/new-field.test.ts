/** One row in the table of fields and one column: the field is in the API and on every page that shows fields. */
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { readDeclared } from '../support/declared-answers.ts';
import { makeFolder, sourceStartArgs } from '../support/programs/process.ts';
import { ServerProcess } from '../support/server-process.ts';
import { useUi } from '../support/ui.ts';

const ui = useUi();

/** Objects of the description that have the other fields of an update as properties, but not this one. */
function fieldListsWithout(part: unknown, name: string): unknown[] {
  if (typeof part !== 'object' || part === null) return [];
  const names = 'properties' in part ? Object.keys(part.properties ?? {}) : [];
  const isFieldList = ['converted', 'reason', 'no_payout_reason'].every((one) => names.includes(one));
  const lists = isFieldList && !names.includes(name) ? [names] : [];
  return [...lists, ...Object.values(part).flatMap((inner) => fieldListsWithout(inner, name))];
}

test('a field that is added to the table appears in the API and on every page', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  await database.query('alter table call add column order_number text');
  const settings = {
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--import=${new URL('../fixtures/extra-field.ts', import.meta.url).pathname}`,
  };
  // From the sources: the modules of the build are one, to which the fixture could add nothing.
  const app = new ServerProcess(await makeFolder(), [], settings, sourceStartArgs);
  onTestFinished(async () => void (await app.end('SIGKILL')));
  const server = await app.listening;
  const { text: description, json: document } = await server.request('/openapi.json');
  expect(fieldListsWithout(document, 'order_number')).toEqual([]);
  server.description = readDeclared(description);
  const webhook = await server.createWebhook();
  await server.createCall('N1', { phone_number: '+12135550142' });
  const { json } = await server.post(webhook, { call_log_id: 'N1', order_number: ' A-77 ' });
  expect(json.changes).toEqual({ order_number: { from: null, to: 'A-77' } });
  expect(await server.readCall('N1')).toMatchObject({ order_number: 'A-77' });
  const csv = await server.request('/api/v1/calls.csv?columns=call_log_id,order_number', {
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(csv.text).toContain('N1,A-77');
  const imported = await server.request('/api/v1/imports', {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'text/csv' },
    body: 'call_log_id,order_number\nN1,A-78\n',
  });
  expect(imported.text).toContain('"changes":{"order_number":{"from":"A-77","to":"A-78"}}');
  await server.api('PATCH', '/calls/N1', { order_number: 'A-77' });
  const published = (await server.api('GET', '/fields')).text;
  expect(published).toContain('"name":"order_number"');

  const { page } = await ui.browser.open(server, '/calls/N1');
  await page.getByRole('heading', { level: 1, name: 'N1' }).waitFor();
  const facts = page.getByRole('region', { name: 'Fields' });
  await facts.getByText('Order number', { exact: true }).waitFor();
  await facts.getByText('A-77', { exact: true }).waitFor();
  const timeline = page.getByRole('list', { name: 'Timeline' });
  await expect.poll(() => timeline.textContent()).toMatch(/Order number[\s\S]*A-77/);
  await page.getByRole('button', { name: 'Change', exact: false }).first().click();
  await page.getByRole('dialog').getByLabel('Order number').fill('A-78');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('dialog').getByText('A-78').waitFor();
  await page.getByRole('button', { name: 'Change the call' }).click();
  await expect.poll(() => server.readCall('N1')).toMatchObject({ order_number: 'A-78' });

  await page.goto('/calls');
  await page.getByRole('button', { name: /Columns/ }).click();
  await page.getByLabel('Order number').check();
  await page.getByRole('columnheader', { name: 'Order number' }).waitFor();

  await page.goto(`/webhooks/incoming/${webhook.id}?tab=builder`);
  await page.getByLabel('Value of order_number').waitFor();
  const unused = await server.createWebhook('update_fields', { name: 'Tracker' });
  await page.goto(`/webhooks/incoming/${unused.id}?tab=mapping`);
  await page.getByLabel('Sample request').fill('https://x.example/?click=N1&order=A-79');
  const values = page.getByRole('list', { name: 'Values of the request' });
  await values.getByRole('button', { name: /^order / }).click();
  await page.getByRole('menuitem', { name: 'Order number', exact: true }).click();
  await page
    .getByRole('region', { name: 'What to set' })
    .getByText('Order number', { exact: true })
    .waitFor();
  await page.goto(`/webhooks/incoming/${webhook.id}?tab=settings`);
  await page.getByRole('checkbox', { name: 'Order number' }).waitFor();
});
