/** Whose address a postback comes from: a header is believed only from proxies that are trusted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { startTestServer, type TestServer, type TestWebhook } from '../../support/server.ts';

let direct: { server: TestServer; webhook: TestWebhook };
let proxied: { server: TestServer; webhook: TestWebhook };

beforeAll(async () => {
  const start = async (trustedProxies: string[]) => {
    const server = await startTestServer({ trustedProxies });
    await server.createCall('C1');
    return { server, webhook: await server.createWebhook() };
  };
  direct = await start([]);
  proxied = await start(['127.0.0.0/8', '10.0.0.0/8', '2001:db8:ffff::/48']);
});

afterAll(() => Promise.all([direct.server.stop(), proxied.server.stop()]));

async function sourceOf(
  { server, webhook }: typeof direct,
  headers: Record<string, string>,
): Promise<string> {
  const { json } = await server.post(webhook, { call_log_id: 'C1', reason: 'x' }, headers);
  return (await server.api('GET', `/postbacks/${json.postback_id}`)).json.source_ip;
}

test('without trusted proxies no header is trusted', async () => {
  const headers = {
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7',
    'x-real-ip': '203.0.113.7',
  };
  expect(await sourceOf(direct, headers)).toBe('127.0.0.1');
});

describe('behind trusted proxies the source is the nearest address that is none of them', () => {
  test.each<[string, Record<string, string>, string]>([
    ['no header', {}, '127.0.0.1'],
    ['one address', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    [
      'what the sender made up before it',
      { 'x-forwarded-for': '10.9.9.9, 1.1.1.1, 203.0.113.7' },
      '203.0.113.7',
    ],
    ['further proxies', { 'x-forwarded-for': '203.0.113.7, 10.0.0.2,127.0.0.3' }, '203.0.113.7'],
    ['proxies alone', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
    ['a port', { 'x-forwarded-for': '203.0.113.7:51234' }, '203.0.113.7'],
    ['IPv6', { 'x-forwarded-for': '2001:DB8::0:7, 2001:db8:ffff::1' }, '2001:db8::7'],
    ['IPv6 with a port', { 'x-forwarded-for': '[2001:db8::7]:51234' }, '2001:db8::7'],
    ['IPv4 within IPv6', { 'x-forwarded-for': '::ffff:203.0.113.7' }, '203.0.113.7'],
    ['nonsense', { 'x-forwarded-for': '203.0.113.7, <script>' }, '127.0.0.1'],
    ['nonsense behind a proxy', { 'x-forwarded-for': 'unknown, 10.0.0.2' }, '10.0.0.2'],
    ['nothing', { 'x-forwarded-for': '' }, '127.0.0.1'],
    ['Forwarded', { forwarded: 'for=203.0.113.7;proto=https, for=10.0.0.2' }, '203.0.113.7'],
    ['Forwarded with IPv6', { forwarded: 'For="[2001:db8::7]:4711"' }, '2001:db8::7'],
    ['Forwarded that hides', { forwarded: 'for=_hidden, for=10.0.0.2' }, '10.0.0.2'],
    ['Forwarded that cannot be read', { forwarded: 'for="' }, '127.0.0.1'],
    ['both', { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' }, '203.0.113.7'],
  ])('%s', async (_what, headers, source) => expect(await sourceOf(proxied, headers)).toBe(source));
});

describe('the setting TRUSTED_PROXIES', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' 10.0.0.1/8 ,2001:DB8::1', ['10.0.0.0/8', '2001:db8::1']],
    ['loopback', ['127.0.0.0/8', '::1']],
    ['Private 192.0.2.1', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '192.0.2.1']],
  ])('%j is read', (text, ranges) =>
    expect(readConfig({ TRUSTED_PROXIES: text }).trustedProxies).toEqual(ranges),
  );

  test.each(['proxy.example.com', '10.0.0.0/40', '*', 'true'])('%s is rejected by name', (text) => {
    expect(() => readConfig({ TRUSTED_PROXIES: text })).toThrow(/TRUSTED_PROXIES must list .*: .* is none\./);
  });
});
