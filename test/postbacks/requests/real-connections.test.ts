/** Requests from browsers, and over connections that are half closed or pipelined (docs/senders.md#browsers). */
import { describe, expect, test } from 'vitest';
import { useCall } from '../../support/calls.ts';
import { headOf, openSocket, readAnswer } from '../../support/requests/raw-http.ts';
import { postText } from '../../support/senders.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);
const call = useCall(server);

describe('a page of another site', () => {
  const origin = 'https://shop.example';

  test.each([
    '/update-fields',
    '/update-fields.gif',
    '/update-revenue',
    '/update-tags',
    '/update-fields/batch',
  ])('may send to %s', async (path) => {
    const answer = await server.request(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'Content-Type, Idempotency-Key, X-Auth-Key',
    );
  });

  test('reads every response', async () => {
    const answers = await Promise.all([
      server.post(webhook, { call_log_id: call.id, converted: true }, { origin }),
      server.post(webhook, { call_log_id: 'none', converted: true }, { origin }),
      server.request('/update-fields', { method: 'POST', headers: { origin } }),
      server.request('/update-fields', { method: 'DELETE', headers: { origin } }),
      server.request('/update-fields', { method: 'OPTIONS' }),
      postText(server, webhook, 'x'.repeat(70_000)),
      server.request('/update-fields/batch', { method: 'POST', headers: { origin } }),
      server.request('/update-fields/batch', { headers: { origin } }),
      server.get(webhook, [['return', 'gif']]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 405, 405, 413, 401, 405, 422]);
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each(['/api/v1/calls', '/api/v1/webhooks/incoming', '/api/v1/session'])(
    'may not read %s',
    async (path) => {
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await server.request(path, {
          method,
          headers: { origin, 'access-control-request-method': 'GET' },
        });
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );
});

test('a sender that closes its half of the connection after the request reads the response', async () => {
  for (const head of [
    headOf(`GET /update-fields?auth_key=${webhook.auth_key}&call_log_id=${call.id}&converted=1`),
    headOf(`GET /update-fields?auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=x`, {
      connection: 'keep-alive',
    }),
  ]) {
    const socket = openSocket(server.url);
    socket.end(head);
    const answer = await readAnswer(socket);
    expect(answer?.status).toBe(200);
  }
});

test('pipelined requests are all answered in order, and another sender is not delayed by them', async () => {
  const count = 3_000;
  const one = headOf(`GET /update-fields?auth_key=${webhook.auth_key}&call_log_id=${call.id}&reason=x`, {
    connection: 'keep-alive',
  });
  const socket = openSocket(server.url);
  let answered = 0;
  const all = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answered += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
      if (answered >= count) resolve();
    });
  });
  socket.write(one.repeat(count));
  const other = await server.post(webhook, { call_log_id: call.id, converted: true });
  expect(other.status).toBe(200);
  expect(answered).toBeLessThan(count / 2);
  await all;
  socket.destroy();
});
