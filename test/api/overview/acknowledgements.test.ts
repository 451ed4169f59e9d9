/** What needs attention is acknowledged, and comes back when it occurs again. */
import { beforeEach, expect, test } from 'vitest';
import { addAccount, withRole } from '../../support/accounts.ts';
import { expectProblem } from '../../support/problem.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeEach(async () => {
  await server.database.query('truncate acknowledgement, postback, call cascade');
  webhook = await server.createWebhook();
});

const id = 'unmatched:call_not_found';
const acknowledge = (fault = id, by = server) => by.api('POST', '/overview/acknowledgements', { id: fault });
const read = async (by = server) => (await by.api('GET', '/overview/attention')).json.items;

async function sendUnmatched(count: number) {
  for (let at = 0; at < count; at += 1)
    await server.post(webhook, { call_log_id: `none ${at}`, reason: 'x' });
}

test('it is listed with who acknowledged it and when, and can be shown again', async () => {
  await sendUnmatched(1);
  expect(await read()).toMatchObject([{ id, kind: 'unmatched', count: 1, acknowledged: null }]);
  const operator = await withRole(server, 'operator', 'Ana');
  const before = Date.now();
  expect((await acknowledge(id, operator)).status).toBe(204);
  const [{ acknowledged }] = await read();
  expect(acknowledged.by).toMatch(/^Ana /);
  expect(Date.parse(acknowledged.at)).toBeGreaterThanOrEqual(before - 1_000);
  const path = `/overview/acknowledgements/${encodeURIComponent(id)}`;
  expect((await server.api('DELETE', path)).status).toBe(204);
  expect(await read()).toMatchObject([{ acknowledged: null }]);
  expectProblem(await server.api('DELETE', path), 404, 'not_found');
  const { items } = (await server.api('GET', '/audit?limit=2')).json;
  expect(items).toMatchObject([
    { action: 'attention.reopened', target_name: id },
    { action: 'attention.acknowledged', target_name: id },
  ]);
});

test('it comes back when it has doubled', async () => {
  await sendUnmatched(2);
  await acknowledge();
  await sendUnmatched(1);
  expect(await read()).toMatchObject([{ count: 3, acknowledged: { by: 'owner' } }]);
  await sendUnmatched(1);
  expect(await read()).toMatchObject([{ count: 4, acknowledged: null }]);
});

test('it appears again when it has ended and occurs again', async () => {
  await sendUnmatched(1);
  await acknowledge();
  const [{ id: postbackId }] = (await server.api('GET', '/postbacks')).json.items;
  await server.api('POST', `/postbacks/${postbackId}/dismiss`, { reason: 'a test' });
  expect(await read()).toEqual([]);
  await sendUnmatched(1);
  expect(await read()).toMatchObject([{ count: 1, acknowledged: null }]);
});

test('what does not need attention cannot be acknowledged, nor may an analyst do it', async () => {
  expectProblem(await acknowledge(), 404, 'not_found');
  await sendUnmatched(1);
  expectProblem(await acknowledge(id, await withRole(server, 'analyst')), 403, 'role_not_allowed');
});

test('an account acknowledges its own alone', async () => {
  const { server: other } = await addAccount(server, 'Other');
  await sendUnmatched(1);
  expectProblem(await acknowledge(id, other), 404, 'not_found');
  await acknowledge();
  const theirs = await other.createWebhook();
  await other.post(theirs, { call_log_id: 'none', reason: 'x' });
  expect(await read(other)).toMatchObject([{ id, acknowledged: null }]);
  const path = `/overview/acknowledgements/${encodeURIComponent(id)}`;
  expectProblem(await other.api('DELETE', path), 404, 'not_found');
  expect(await read()).toMatchObject([{ id, acknowledged: { by: 'owner' } }]);
});
