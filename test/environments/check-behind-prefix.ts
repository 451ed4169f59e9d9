/** What must work at a PUBLIC_URL with a path, whatever takes the requests there. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { expect, onTestFinished } from 'vitest';
import { EventStream } from '../support/requests/event-stream.ts';
import { TestServer } from '../support/server.ts';

/** @param server the one behind, at its own address */
export async function checkBehindPrefix(publicUrl: string, server: TestServer): Promise<void> {
  const outside = new TestServer(publicUrl, server.database, server.token, async () => {});
  await checkPostbacks(publicUrl, outside);
  await checkDocumentation(publicUrl, outside);
  await checkStreams(outside);
  await checkTwilio(publicUrl, outside);
}

async function checkPostbacks(publicUrl: string, outside: TestServer): Promise<void> {
  const webhook = await outside.createWebhook('update_fields');
  expect(webhook.url).toBe(`${publicUrl}/update-fields?auth_key=${webhook.auth_key}`);
  await outside.createCall('a/b c');
  const pixel = await fetch(
    `${webhook.url.replace('?', '.gif?')}&call_log_id=${encodeURIComponent('a/b c')}&reason=x`,
  );
  expect([pixel.status, pixel.headers.get('content-type')]).toEqual([200, 'image/gif']);
  expect((await fetch(`${webhook.url}&call_log_id=a%2Fb+c&reason=y`)).status).toBe(200);
  expect(await outside.readCall('a/b c')).toMatchObject({ call_log_id: 'a/b c', reason: 'y' });
  const preflight = await fetch(webhook.url, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  const redirected = await (await fetch(webhook.url)).text();
  expect(redirected).toContain(`send to ${publicUrl}/update-fields`);
  // 12 MiB, more than proxies let through by themselves.
  const long = 'x'.repeat(1_000);
  const updates = Array.from({ length: 10_000 }, (_, at) => ({
    call_log_id: 'a/b c',
    reason: 'z',
    add: { k: `${at}${long}`.slice(0, 999) },
  }));
  const batch = await outside.request('/update-fields/batch', {
    method: 'POST',
    headers: { 'x-auth-key': webhook.auth_key },
    body: { updates, dry_run: true },
  });
  expect(batch.status).toBe(200);
  expect(batch.json.results).toHaveLength(10_000);
}

async function checkDocumentation(publicUrl: string, outside: TestServer): Promise<void> {
  const { pathname } = new URL(publicUrl);
  expect((await outside.request('/openapi.json')).json.servers).toEqual([{ url: publicUrl }]);
  const { text, status } = await outside.request('/docs');
  expect(status).toBe(200);
  expect(text).toContain(`curl -X POST &#39;${publicUrl}/update-fields&#39;`);
  const links = [...text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !link.startsWith(`${pathname}/`))).toEqual([]);
  for (const link of new Set(links)) {
    expect((await fetch(new URL(link, publicUrl))).status, link).toBe(200);
  }
  expect((await outside.request('/docs/senders')).text).toContain(`URL=${publicUrl}`);
}

async function checkStreams(outside: TestServer): Promise<void> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const headers = { authorization: `Bearer ${outside.token}` };
  const response = await fetch(`${outside.url}/api/v1/events`, { headers, signal: abort.signal });
  const stream = new EventStream(response, abort);
  expect(await stream.next()).toMatchObject({ event: 'ready' });
  await outside.createCall('S1');
  expect(await stream.next()).toMatchObject({ event: 'changed' });
  stream.close();
}

async function checkTwilio(publicUrl: string, outside: TestServer): Promise<void> {
  const path = '/api/v1/calls/twilio/status?campaign=Roofing';
  const form = { CallSid: 'CA77', CallStatus: 'completed', From: '+12135550142', To: '+18885550100' };
  const signature = getExpectedTwilioSignature('test-twilio-token', publicUrl + path, form);
  const answer = await outside.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form).toString(),
  });
  expect(answer.status).toBe(200);
  expect(await outside.readCall('CA77')).toMatchObject({ campaign: 'Roofing' });
}
