import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { checkPublicUrl } from '../../src/cli/doctor/check-network.ts';
import { readConfig } from '../../src/config.ts';
import { latestVersion } from '../../src/store/database/migrate.ts';
import { isRunning, serverPid } from '../fixtures/embedded-processes.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { findFreePort } from '../support/programs/free-port.ts';
import { startMailbox } from '../support/programs/mailbox.ts';
import { startProvider } from '../support/programs/openid-provider.ts';
import { makeDataFolder, makeFolder, runRingback, startRingback } from '../support/programs/process.ts';

const subjects = [
  'Node.js',
  'settings',
  'data folder',
  'disk',
  'PostgreSQL',
  'database',
  'schema',
  'durability',
  'clock',
  ...(inject('citusWorkers').length > 0 ? ['workers'] : []),
  'outgoing',
  'port',
  'PUBLIC_URL',
];

type Seen = { level: string; says: string };

/** What `doctor` says, by subject; what to do about a finding is behind its arrow. */
async function examine(env: Record<string, string>) {
  const { code, stdout, stderr } = await runRingback(['doctor'], env);
  const findings = new Map<string, Seen>();
  for (const [, level = '', subject = '', says = ''] of stdout.matchAll(
    /^(ok|warn|FAIL) +(Node\.js|data folder|\w+) +(.*(?:\n {20}.*)*)/gm,
  )) {
    findings.set(subject, { level, says });
  }
  const levelOf = (subject: string) => findings.get(subject)?.level;
  const of = (subject: string) => findings.get(subject) ?? { level: 'none', says: '' };
  return { code, stdout, stderr, findings, levelOf, of };
}

async function openDatabase(
  options: { isEmpty?: boolean } = {},
): Promise<TestDatabase & { settings: Record<string, string>; name: string }> {
  const database = await createTestDatabase(options);
  onTestFinished(() => database.drop());
  const settings = { DATABASE_URL: database.url, DATA_DIR: await makeFolder(), PORT: '0' };
  return { ...database, settings, name: /test_\w+/.exec(database.url)?.[0] ?? '' };
}

describe('ringback doctor', () => {
  it('exits with 0 where all is well, one line each', async () => {
    const { settings } = await openDatabase();
    const { code, stdout, findings } = await examine({
      ...settings,
      PUBLIC_URL: 'https://calls.example.com',
    });
    expect([...findings.keys()]).toEqual(subjects);
    expect([...findings.values()].filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(stdout).toContain('All is well.');
    expect(code).toBe(0);
  });

  it('works beside a running server, says so, and leaves it running', async () => {
    const DATA_DIR = await makeDataFolder();
    const { running, url } = await startRingback({ DATA_DIR });
    const { code, of, levelOf } = await examine({ DATA_DIR, PORT: new URL(url).port });
    expect(of('database')).toEqual({
      level: 'ok',
      says: expect.stringContaining(`a Ringback runs on it (process ${running.pid})`),
    });
    expect(of('port')).toEqual({ level: 'ok', says: expect.stringContaining('in use by a Ringback') });
    expect(levelOf('schema')).toBe('ok');
    expect(levelOf('durability')).toBe('ok');
    expect(code).toBe(0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    running.signal('SIGTERM');
    await running.end();
    const afterwards = await examine({ DATA_DIR, PORT: new URL(url).port });
    expect(afterwards.of('database').says).not.toContain('runs on it');
    expect(afterwards.of('port').says).toContain('is free');
    expect(afterwards.levelOf('schema')).toBe('ok');
    expect(isRunning((await serverPid(DATA_DIR)) ?? 0)).toBe(false);
  });

  it('asks the provider of OpenID Connect and the SMTP server, where they are set up', async () => {
    const [provider, mailbox] = await Promise.all([startProvider(), startMailbox()]);
    onTestFinished(async () => {
      await Promise.all([provider.stop(), mailbox.stop()]);
    });
    provider.serve('https://calls.example.com/api/v1/session/openid/callback');
    const { issuer, clientId, clientSecret } = provider.settings;
    const { settings } = await openDatabase();
    const env = {
      ...{ ...settings, PUBLIC_URL: 'https://calls.example.com' },
      ...{ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret },
      ...{ SMTP_URL: mailbox.settings.url, MAIL_FROM: mailbox.settings.from },
    };
    const right = await examine(env);
    expect(right.of('OIDC')).toEqual({ level: 'ok', says: `${issuer} is reached and knows this client` });
    expect(right.of('SMTP')).toMatchObject({ level: 'ok', says: expect.stringContaining('is reached') });
    expect(mailbox.received).toEqual([]);

    const wrong = await examine({
      ...env,
      OIDC_CLIENT_SECRET: 'another-one',
      SMTP_URL: mailbox.settings.url.replace('ringback:', 'missing:'),
    });
    expect(wrong.of('OIDC')).toMatchObject({
      level: 'FAIL',
      says: expect.stringContaining('invalid_client'),
    });
    expect(wrong.levelOf('SMTP')).toBe('FAIL');
    expect(wrong.stdout).toContain('Check SMTP_URL');
    expect(wrong.stdout).not.toContain('another-one');
    expect(wrong.stdout).not.toContain('p%40ss');
    expect(wrong.code).toBe(1);

    const port = await findFreePort();
    const away = await examine({
      ...env,
      OIDC_ISSUER: `http://127.0.0.1:${port}`,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
    });
    expect(away.of('OIDC')).toMatchObject({ level: 'FAIL', says: expect.stringContaining('ECONNREFUSED') });
    expect(away.of('SMTP')).toMatchObject({ level: 'FAIL', says: expect.stringContaining('ECONNREFUSED') });
  });

  it('makes nothing where nothing has been started yet', async () => {
    const folder = await makeFolder();
    const DATA_DIR = join(folder, 'later', 'data');
    const { code, of } = await examine({ DATA_DIR, PORT: '0' });
    expect(code).toBe(0);
    expect(of('data folder').says).toContain(`will be made at the first start, in ${folder}`);
    expect(of('database').says).toContain('will be made at the first start');
    await expect(mkdir(join(folder, 'later'))).resolves.toBeUndefined();
  });

  it('warns of an admin token that could be guessed', async () => {
    const { settings } = await openDatabase();
    const { code, of } = await examine({ ...settings, ADMIN_TOKEN: 'short' });
    expect(code).toBe(0);
    expect(of('settings')).toMatchObject({
      level: 'warn',
      says: expect.stringContaining('has less than 16 characters'),
    });
  });

  it('shows no secret', async () => {
    const secrets = { ADMIN_TOKEN: 'secret-token-of-mine', TWILIO_AUTH_TOKEN: 'secret-of-twilio' };
    const DATABASE_URL = 'postgresql://ringback:secret-password@127.0.0.1:9/calls';
    const { code, stdout, stderr } = await examine({
      ...secrets,
      DATABASE_URL,
      DATA_DIR: await makeFolder(),
    });
    expect(code).toBe(1);
    expect(stdout).toContain('127.0.0.1:9');
    expect(stdout + stderr).not.toContain('secret');
  });
});

describe('doctor fails and says what to fix where', () => {
  it('a setting is wrong', async () => {
    const { code, of } = await examine({ LOG_LEVEL: 'loud' });
    expect(code).toBe(1);
    expect(of('settings')).toEqual({
      level: 'FAIL',
      says: expect.stringContaining('LOG_LEVEL must be one of'),
    });
  });

  it.each([
    ['is a file', 'file'],
    ['lies below a file', 'file/data'],
  ])('the data folder %s', async (_what, path) => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'file'), '');
    const { code, of, levelOf } = await examine({ DATA_DIR: join(folder, path), PORT: '0' });
    expect(code).toBe(1);
    expect(of('data folder')).toEqual({ level: 'FAIL', says: expect.stringContaining('-> Set DATA_DIR') });
    expect(levelOf('database')).toBe('warn');
    expect(levelOf('port')).toBe('ok');
  });

  it('the database does not answer', async () => {
    const DATABASE_URL = 'postgresql://ringback@127.0.0.1:9/calls';
    const { code, of } = await examine({ DATABASE_URL, DATA_DIR: await makeFolder(), PORT: '0' });
    expect(code).toBe(1);
    expect(of('database')).toEqual({
      level: 'FAIL',
      says: expect.stringMatching(/does not answer[\s\S]*->/),
    });
  });

  it('the schema is of a newer Ringback', async () => {
    const { settings, query } = await openDatabase();
    await query(`insert into schema_version (version, name) values (999, 'of tomorrow')`);
    const { code, of } = await examine(settings);
    expect(code).toBe(1);
    expect(of('schema')).toEqual({
      level: 'FAIL',
      says: expect.stringContaining('Start the newer Ringback'),
    });
  });

  it('commits are not durable', async () => {
    const { settings, query, name } = await openDatabase();
    await query(`alter database ${name} set synchronous_commit = off`);
    const { code, of } = await examine(settings);
    expect(code).toBe(1);
    expect(of('durability')).toEqual({
      level: 'FAIL',
      says: expect.stringMatching(/synchronous_commit off\n.*synchronous_commit = on/),
    });
  });

  it('the database takes no writes', async () => {
    const { settings, query, name } = await openDatabase();
    await query(`alter database ${name} set default_transaction_read_only = on`);
    const { code, of } = await examine(settings);
    expect(code).toBe(1);
    expect(of('database')).toEqual({ level: 'FAIL', says: expect.stringContaining('to the primary') });
  });

  // A function of the same name comes before PostgreSQL's own.
  it.each([
    [
      'database',
      'PostgreSQL is too old',
      `current_setting(text) returns text as $$ select case $1 when 'server_version_num' then '140011' else '14.11' end $$`,
      /14\.11[\s\S]*PostgreSQL 15 or newer/,
    ],
    [
      'clock',
      'the clocks are far apart',
      `clock_timestamp() returns timestamptz as $$ select pg_catalog.clock_timestamp() - interval '90 seconds' $$`,
      /(89|90)\.\d s behind[\s\S]*NTP/,
    ],
  ])('%s: %s', async (subject, _what, definition, says) => {
    const { settings, query, name } = await openDatabase();
    await query(`create function public.${definition} language sql`);
    await query(`alter database ${name} set search_path = public, pg_catalog`);
    const { code, of } = await examine(settings);
    expect(code).toBe(1);
    expect(of(subject)).toEqual({ level: 'FAIL', says: expect.stringMatching(says) });
  });

  it('another program has the port', async () => {
    const { settings } = await openDatabase();
    const otherServer = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    onTestFinished(() => void otherServer.close());
    await new Promise((resolve) => otherServer.once('listening', resolve));
    const PORT = String((otherServer.address() as AddressInfo).port); // a TCP server has a port
    const { code, of } = await examine({ ...settings, PORT });
    expect(code).toBe(1);
    expect(of('port')).toEqual({
      level: 'FAIL',
      says: expect.stringMatching(/in use by another program[\s\S]*set PORT/),
    });
  });
});

describe('doctor warns and exits with 0 where', () => {
  it('migrations wait for the next start', async () => {
    const { settings } = await openDatabase({ isEmpty: true });
    const { code, of } = await examine(settings);
    expect(code).toBe(0);
    expect(of('schema')).toEqual({
      level: 'warn',
      says: expect.stringContaining(`version 0, and this Ringback brings ${latestVersion()}`),
    });
  });

  it('others can read the admin token', async () => {
    const { settings } = await openDatabase();
    const file = join(String(settings['DATA_DIR']), 'admin-token');
    await writeFile(file, 'rbt_x\n');
    await chmod(file, 0o644);
    const { code, of } = await examine(settings);
    expect(code).toBe(0);
    expect(of('data folder')).toEqual({ level: 'warn', says: expect.stringContaining(`chmod 600 ${file}`) });
  });
});

describe('PUBLIC_URL', () => {
  it.each([
    ['ok', {}, /localhost:8080/],
    ['warn', { HOST: '0.0.0.0' }, /localhost:8080/],
    ['ok', { HOST: '0.0.0.0', PUBLIC_URL: 'https://calls.example.com/ringback' }, /calls\.example\.com/],
    ['warn', { PUBLIC_URL: 'http://calls.example.com' }, /not encrypted/],
    ['ok', { PUBLIC_URL: 'http://localhost:3000' }, /only this machine/],
    ['warn', { HOST: '0.0.0.0', PUBLIC_URL: 'https://localhost' }, /only this machine/],
    ['FAIL', { PUBLIC_URL: 'https://calls.example.com/?a=b' }, /parts/],
    ['FAIL', { PUBLIC_URL: 'https://user:secret@calls.example.com' }, /parts/],
  ])('is %s for %o', (level, settings, says) => {
    const finding = checkPublicUrl(readConfig(settings));
    expect(finding).toMatchObject({ level, says: expect.stringMatching(says) });
    expect(finding.fix === undefined).toBe(level === 'ok');
    expect(finding.says).not.toContain('secret');
  });
});
