import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { projectFolder } from '../support/programs/process.ts';
import { type TestWebhook, useServer } from '../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
});
/** What a browser loads for the page after its template has filled in these values. */
async function loadPixel(values: Record<string, string>): Promise<Response> {
  const page = await readFile(join(projectFolder, 'examples', 'tracking-pixel.html'), 'utf8');
  const filled = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{{${name}}}`, value),
    page,
  );
  const source = /<img\s+src="([^"]+)"/.exec(filled)?.[1]?.replaceAll('&amp;', '&') ?? '';
  return fetch(source, {
    headers: { accept: 'image/*', 'user-agent': 'Mozilla/5.0', 'sec-fetch-dest': 'image' },
  });
}

test('the page’s image converts its caller’s latest call, once an order', async () => {
  await server.createCall('CA-visitor', { phone_number: '+12125550123' });
  const values = {
    base_url: server.url,
    auth_key: webhook.auth_key,
    caller_phone: encodeURIComponent('+12125550123'),
    order_id: '77',
  };
  const first = await loadPixel(values);
  expect(first.status).toBe(200);
  expect(first.headers.get('content-type')).toBe('image/gif');
  expect(first.headers.get('x-postback-status')).toBe('applied');
  const call = await server.readCall('CA-visitor');
  expect(call).toMatchObject({ converted: true, tags: { page: 'thank-you' } });

  const again = await loadPixel(values);
  expect(again.headers.get('x-postback-id')).toBe(first.headers.get('x-postback-id'));
  expect(await server.readCall('CA-visitor')).toEqual(call);
});

test('a macro that the template forgot is rejected by name', async () => {
  const response = await loadPixel({ base_url: server.url, auth_key: webhook.auth_key, order_id: '78' });
  expect(response.status).toBe(422);
  const id = response.headers.get('x-postback-id');
  const { errors } = (await server.api('GET', `/postbacks/${id}`)).json;
  expect(errors).toEqual([
    expect.objectContaining({ field: 'phone_number', code: 'unresolved_placeholder' }),
  ]);
});
