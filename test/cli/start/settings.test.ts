import { expect, test } from 'vitest';
import { readConfig, warnOfToken } from '../../../src/config.ts';

test('everything is kept unless the settings say for how long', () => {
  expect(readConfig({}).retention).toEqual({ bodies: null, postbacks: null, calls: null });
  const env = { RETAIN_BODIES_DAYS: '14', RETAIN_POSTBACKS_DAYS: '730', RETAIN_CALLS_DAYS: ' 1095 ' };
  expect(readConfig(env).retention).toEqual({ bodies: 14, postbacks: 730, calls: 1095 });
});

test.each([
  ['0 days', { RETAIN_CALLS_DAYS: '0' }, /RETAIN_CALLS_DAYS must be a whole number of days, 1 or more/],
  ['half a day', { RETAIN_BODIES_DAYS: '0.5' }, /RETAIN_BODIES_DAYS must be/],
  ['a word', { RETAIN_POSTBACKS_DAYS: 'never' }, /RETAIN_POSTBACKS_DAYS must be/],
  [
    'postbacks for less than their bodies',
    { RETAIN_BODIES_DAYS: '30', RETAIN_POSTBACKS_DAYS: '29' },
    /RETAIN_POSTBACKS_DAYS must not be less/,
  ],
])('a retention of %s is rejected', (_what, env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test.each([
  ['PORT', ['1e3', '0x50', '-1', '65536', '80.5'], /PORT must be a whole number/],
  [
    'LIVE_CALL_HOURS_MAX',
    ['1e2', '0x10', '-1', '1.5', 'never'],
    /LIVE_CALL_HOURS_MAX must be a whole number/,
  ],
  ['PUBLIC_URL', ['http://', 'https://', 'http://a b', 'https://:8080'], /PUBLIC_URL must be a whole URL/],
])('%s is rejected by its name where it cannot be read', (name, texts, message) => {
  for (const text of texts) expect(() => readConfig({ [name]: text })).toThrow(message);
});

test('an admin token of any length is taken, and a short one warned of', () => {
  expect(readConfig({ ADMIN_TOKEN: ' short ' }).adminToken).toBe('short');
  expect(warnOfToken({ adminToken: 'fifteen-letters' })).toMatch(/ADMIN_TOKEN .* could be guessed/);
  for (const adminToken of [null, 'sixteen--letters']) expect(warnOfToken({ adminToken })).toBeNull();
  expect(() => readConfig({ ADMIN_TOKEN: 'two words' })).toThrow(/ADMIN_TOKEN must have no spaces/);
});

test('which postbacks get a line in the log', () => {
  expect(readConfig({}).logPostbacks).toBe('rejected');
  expect(readConfig({ LOG_POSTBACKS: 'all' }).logPostbacks).toBe('all');
  expect(() => readConfig({ LOG_POSTBACKS: 'some' })).toThrow(
    /LOG_POSTBACKS must be one of: all, rejected, none/,
  );
});

const openId = {
  OIDC_ISSUER: 'https://login.acme.example/',
  OIDC_CLIENT_ID: 'ringback',
  OIDC_CLIENT_SECRET: 'secret',
};

test('a provider of OpenID Connect is whole, and https unless it is on this machine', () => {
  expect(readConfig({}).openId).toBeNull();
  expect(readConfig(openId).openId).toEqual({
    issuer: 'https://login.acme.example/',
    clientId: 'ringback',
    clientSecret: 'secret',
    name: 'single sign-on',
  });
  expect(readConfig({ ...openId, OIDC_ISSUER: 'http://127.0.0.1:9000' }).openId).not.toBeNull();
  for (const name of Object.keys(openId))
    expect(() => readConfig({ ...openId, [name]: '' })).toThrow(/OIDC_CLIENT_SECRET together/);
  expect(() => readConfig({ ...openId, OIDC_ISSUER: 'http://login.acme.example' })).toThrow(/must be https/);
});

test('e-mail wants a server and a sender', () => {
  expect(readConfig({}).mail).toBeNull();
  const mail = { SMTP_URL: 'smtp://u:p@mail.acme.example:587', MAIL_FROM: 'Ringback <r@acme.example>' };
  expect(readConfig(mail).mail).toEqual({ url: mail.SMTP_URL, from: mail.MAIL_FROM });
  for (const wrong of [{ SMTP_URL: '' }, { MAIL_FROM: '' }, { MAIL_FROM: 'Ringback' }])
    expect(() => readConfig({ ...mail, ...wrong })).toThrow(/SMTP_URL and MAIL_FROM together/);
  expect(() => readConfig({ ...mail, SMTP_URL: 'https://mail.acme.example' })).toThrow(/smtp/);
});
