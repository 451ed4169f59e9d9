/** URLs, methods and who may enter. */
import { beforeAll, describe, expect, test } from 'vitest';
import { headOf, sendRaw } from '../support/requests/raw-http.ts';
import { type TestWebhook, useServer } from '../support/server.ts';

const server = useServer();
let webhooks: Record<string, TestWebhook>;
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook('update_fields');
  webhooks = {
    'update-fields': webhook,
    'update-revenue': await server.createWebhook('update_revenue'),
    'update-tags': await server.createWebhook('update_tags'),
  };
  await server.createCall('CA1');
});

const endpoints = ['update-fields', 'update-revenue', 'update-tags'];
const update = 'call_log_id=CA1&dry_run=1&revenue=1&revenue_paid_out=1&add=k:v';

describe.each(endpoints)('/%s', (endpoint) => {
  test.each(endpoints)('opens for its own type of webhook only: %s', async (type) => {
    for (const suffix of ['', '.gif', '/']) {
      for (const method of ['GET', 'POST']) {
        const path = `/${endpoint}${suffix}?auth_key=${webhooks[type]?.auth_key}&${update}`;
        const answer = await server.request(path, { method });
        expect(answer.status).toBe(type === endpoint ? 200 : 403);
        if (type !== endpoint && suffix !== '.gif') expect(answer.json.code).toBe('wrong_webhook_type');
      }
    }
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY'])(
    'answers %s with 405 and Allow, logs it, and changes nothing',
    async (method) => {
      for (const suffix of ['', '.gif']) {
        const path = `/${endpoint}${suffix}?auth_key=${webhooks[endpoint]?.auth_key}&call_log_id=CA1&revenue=1&add=k:v`;
        const answer = await sendRaw(server.url, headOf(`${method} ${path}`));
        expect(answer).toMatchObject({
          status: 405,
          headers: { allow: 'GET, POST', 'x-postback-status': 'rejected' },
        });
        const { json } = await server.api('GET', `/postbacks/${answer?.headers['x-postback-id']}`);
        expect(json).toMatchObject({ code: 'method_not_allowed', request: { method } });
      }
      expect(await server.readCall('CA1')).toMatchObject({ revenue_paid_out: null, tags: {} });
    },
  );
});

test('405 comes before anything else: whatever the key, the type and the body', async () => {
  const paths = [
    '/update-fields',
    `/update-tags?auth_key=${webhook.auth_key}`,
    '/update-fields/?auth_key=wrong',
  ];
  for (const path of paths) {
    for (const type of ['application/json', 'application/xml', 'not a type']) {
      const answer = await server.request(path, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: '{"a":',
      });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, POST');
      expect(answer.json.postback_id).toBe(answer.headers.get('x-postback-id'));
    }
  }
});

test('a paused webhook answers 403 and changes nothing until it is resumed', async () => {
  const paused = await server.createWebhook();
  await server.createCall('paused');
  const send = () => server.post(paused, { call_log_id: 'paused', reason: 'r' });
  const pause = (isPaused: boolean) =>
    server.api('PATCH', `/webhooks/incoming/${paused.id}`, { paused: isPaused });
  await pause(true);
  expect((await send()).json).toMatchObject({ status: 403, code: 'webhook_paused' });
  expect((await server.readCall('paused')).reason).toBeNull();
  await pause(false);
  expect((await send()).status).toBe(200);
});
