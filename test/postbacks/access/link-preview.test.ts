/** Prefetches and link previews never change anything. */
import { beforeAll, expect, test } from 'vitest';
import { pathOf } from '../../support/senders.ts';
import { type TestWebhook, useServer } from '../../support/server.ts';

const server = useServer();
let webhook: TestWebhook;

beforeAll(async () => {
  webhook = await server.createWebhook();
  await server.createCall('CA1');
});

const previews: [string, Record<string, string>][] = [
  ['a prefetch', { purpose: 'prefetch' }],
  ['a secure prefetch', { 'sec-purpose': 'prefetch' }],
  ['a prerender', { 'sec-purpose': 'prefetch;prerender' }],
  ['a prefetch by an older header beside another purpose', { 'sec-purpose': 'other', purpose: 'Prefetch' }],
  ['a prefetch of an old Firefox', { 'x-moz': 'prefetch' }],
  ['Slack', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
  ['Slack’s images', { 'user-agent': 'Slack-ImgProxy (+https://api.slack.com/robots)' }],
  ['X', { 'user-agent': 'Twitterbot/1.0' }],
  ['Facebook', { 'user-agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)' }],
  ['Facebook’s other robot', { 'user-agent': 'Facebot' }],
  ['Discord', { 'user-agent': 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)' }],
  ['WhatsApp', { 'user-agent': 'WhatsApp/2.23.20.0 A' }],
  ['Telegram', { 'user-agent': 'TelegramBot (like TwitterBot)' }],
  ['LinkedIn', { 'user-agent': 'LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)' }],
  ['Teams', { 'user-agent': 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5' }],
];

test.each(previews)('a GET by %s is rejected, logged, and changes nothing', async (_name, headers) => {
  for (const path of [pathOf(webhook), `${pathOf(webhook)}.gif`]) {
    const query = `auth_key=${webhook.auth_key}&call_log_id=CA1&converted=true`;
    const answer = await server.request(`${path}?${query}`, { headers });
    expect(answer.status).toBe(403);
    const id = answer.headers.get('x-postback-id');
    const { json } = await server.api('GET', `/postbacks/${id}`);
    expect(json).toMatchObject({ status: 'rejected', code: 'link_preview' });
  }
  expect(await server.readCall('CA1')).toMatchObject({ converted: false });
});

test('the rejection is a problem with its code', async () => {
  const answer = await server.get(
    webhook,
    [
      ['call_log_id', 'CA1'],
      ['converted', '1'],
    ],
    { purpose: 'prefetch' },
  );
  expect(answer.json).toMatchObject({ status: 403, code: 'link_preview' });
});

test('a POST of the same robots is a postback like any other', async () => {
  for (const [name, headers] of previews) {
    const answer = await server.post(webhook, { call_log_id: 'CA1', dry_run: true, reason: name }, headers);
    expect(answer.status).toBe(200);
  }
});

test.each(['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'curl/8.5.0', 'python-requests/2.31', ''])(
  'a GET by %j is a postback',
  async (agent) => {
    const answer = await server.get(
      webhook,
      [
        ['call_log_id', 'CA1'],
        ['dry_run', '1'],
        ['reason', 'r'],
      ],
      { 'user-agent': agent },
    );
    expect(answer.status).toBe(200);
  },
);
