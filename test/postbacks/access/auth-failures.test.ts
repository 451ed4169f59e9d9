/** Wrong keys are limited for each address; senders with valid keys are not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import {
  type Answer,
  startTestServer,
  startTestServerOn,
  type TestServer,
  type TestWebhook,
} from '../../support/server.ts';

let server: TestServer;
let webhook: TestWebhook;

beforeAll(async () => {
  // One process: failures are counted by each.
  server = await startTestServer({ trustedProxies: ['127.0.0.1'] }, 1);
  webhook = await server.createWebhook();
  await server.createCall('C1');
});

afterAll(() => server.stop());

const sendWithKey = (from: string, key: string, path = '/update-fields'): Promise<Answer> =>
  server.request(`${path}?auth_key=${key}&call_log_id=C1&reason=x`, { headers: { 'x-forwarded-for': from } });

/** Sends wrong keys until they are limited. @returns how many were answered with 401 */
async function failUntilLimited(from: string): Promise<number> {
  for (let count = 0; count < 300; count += 1) {
    const answer = await sendWithKey(from, `rbk_wrong${count}`);
    if (answer.status === 429) {
      expectProblem(answer, 429, 'rate_limited');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      return count;
    }
    expectProblem(answer, 401, 'invalid_auth_key');
  }
  throw new Error('wrong keys were not limited');
}

/** One failure a second is free. It is used up here, so that what is sent right after it is slowed. */
async function useFreeFailure(from: string): Promise<void> {
  await expect.poll(async () => (await sendWithKey(from, 'rbk_wrong')).status, { interval: 20 }).toBe(401);
  await expectSlowed(from);
}

async function expectSlowed(from: string, path?: string): Promise<void> {
  await expect
    .poll(async () => (await sendWithKey(from, 'rbk_wrong', path)).status, { interval: 1 })
    .toBe(429);
}

test('a hundred wrong keys get 401, then the address has to wait', async () => {
  expect((await sendWithKey('203.0.113.7', webhook.auth_key)).status).toBe(200);
  const count = await failUntilLimited('203.0.113.7');
  expect(count).toBeGreaterThanOrEqual(100);
  expect(count).toBeLessThan(200);
  for (const path of ['/update-fields', '/update-fields.gif', '/update-tags', '/update-revenue']) {
    await expectSlowed('203.0.113.7', path);
  }
});

test('a sender whose key is good is not slowed by wrong keys from the same address', async () => {
  const honest = await server.createWebhook();
  expect((await sendWithKey('203.0.113.8', honest.auth_key)).status).toBe(200);
  await failUntilLimited('203.0.113.8');
  for (let count = 0; count < 5; count += 1) {
    expect((await sendWithKey('203.0.113.8', honest.auth_key)).status).toBe(200);
  }
  // not even when its settings have changed since, and have to be read again
  await server.api('PATCH', `/webhooks/incoming/${honest.id}`, { name: 'Changed' });
  expect((await sendWithKey('203.0.113.8', honest.auth_key)).status).toBe(200);
});

test('nor is the first postback or request of a good key or token after a start', async () => {
  const honest = await server.createWebhook();
  const { token } = (await server.api('POST', '/tokens', { name: 'Script', role: 'analyst' })).json;
  const started = await startTestServerOn(server.database, { trustedProxies: ['127.0.0.1'] }, 1);
  const from = { 'x-forwarded-for': '203.0.113.14' };
  const send = (key: string) =>
    started.request(`/update-fields?auth_key=${key}&call_log_id=C1&reason=x`, { headers: from });
  for (let status = 401; status !== 429; status = (await send('rbk_wrong')).status) expect(status).toBe(401);
  expect((await send(honest.auth_key)).status).toBe(200);
  const headers = { ...from, authorization: `Bearer ${token}` };
  expect((await started.request('/api/v1/calls', { headers })).status).toBe(200);
  await expect.poll(async () => (await send('rbk_wrong')).status, { interval: 1 }).toBe(429);
  await started.stop();
});

test('other addresses are not slowed, but others of the same IPv6 network are', async () => {
  await failUntilLimited('2001:db8:1:1::1');
  const fresh = await server.createWebhook();
  await useFreeFailure('2001:db8:1:1::1');
  expect((await sendWithKey('2001:db8:1:1:ffff::2', fresh.auth_key)).status).toBe(429);
  expect((await sendWithKey('2001:db8:1:2::1', fresh.auth_key)).status).toBe(200);
  expect((await sendWithKey('203.0.113.9', (await server.createWebhook()).auth_key)).status).toBe(200);
});

test('a wrong key is slowed by any method and endpoint', async () => {
  await failUntilLimited('203.0.113.10');
  const fresh = await server.createWebhook();
  const headers = { 'x-forwarded-for': '203.0.113.10', 'x-auth-key': fresh.auth_key };
  const put = async (key: string) => {
    await useFreeFailure('203.0.113.10');
    const answer = await server.request('/update-fields', {
      method: 'PUT',
      headers: { ...headers, 'x-auth-key': key },
    });
    expectProblem(answer, 405, 'method_not_allowed');
    const { postback_id, ...told } = answer.json;
    expect(postback_id).toEqual(expect.any(String));
    return told;
  };
  expect(await put(fresh.auth_key)).toEqual(await put('rbk_wrong')); // no word on whether the key is good
  await useFreeFailure('203.0.113.10');
  const batch = await server.request('/update-fields/batch', { method: 'POST', headers, body: [] });
  expectProblem(batch, 429, 'rate_limited');
  expect((await server.api('GET', `/postbacks?webhook_id=${fresh.id}`)).json.items).toEqual([]);
});

test('the wait ends automatically', async () => {
  await failUntilLimited('203.0.113.11');
  const fresh = await server.createWebhook();
  await expect
    .poll(async () => (await sendWithKey('203.0.113.11', fresh.auth_key)).status, {
      timeout: 10_000,
      interval: 200,
    })
    .toBe(200);
});

test('wrong tokens, sessions and sign-ins are slowed alike, and a token in use is not', async () => {
  const from = { 'x-forwarded-for': '203.0.113.12' };
  const use = (token: string) =>
    server.request('/api/v1/calls', { headers: { ...from, authorization: `Bearer ${token}` } });
  expect((await use(server.token)).status).toBe(200);
  let authFailures = 0;
  for (; authFailures < 300; authFailures += 1) {
    const { status } = await use(`rbt_guess${authFailures}`);
    if (status === 429) break;
    expect(status).toBe(401);
  }
  expect(authFailures).toBeGreaterThanOrEqual(100);
  expect(authFailures).toBeLessThan(200);
  const fresh = (await server.api('POST', '/tokens', { name: 'Fresh', role: 'owner' })).json.token;
  await useFreeFailure('203.0.113.12');
  expectProblem(await use(fresh), 429, 'rate_limited');
  const signIn = (token: string, headers: Record<string, string>) =>
    server.request('/api/v1/session', { method: 'POST', headers, body: { token } });
  await useFreeFailure('203.0.113.12');
  expectProblem(await signIn(fresh, from), 429, 'rate_limited');
  const cookie = { ...from, cookie: 'ringback_session=rbs_guess' };
  await useFreeFailure('203.0.113.12');
  expectProblem(await server.request('/api/v1/calls', { headers: cookie }), 429, 'rate_limited');
  expect((await use(server.token)).status).toBe(200);
  expect((await signIn(fresh, { 'x-forwarded-for': '203.0.113.13' })).status).toBe(200);
});
