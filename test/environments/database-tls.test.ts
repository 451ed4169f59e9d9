/** `sslmode` and its companions mean what they mean to libpq, on a PostgreSQL with a certificate of a private CA. */
import { rm } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { chooseConnection } from '../../src/store/database/connections/connection.ts';
import { startTlsDatabase, type TlsDatabase } from '../support/database/tls-database.ts';
import { makeFolder, runRingback, startRingback } from '../support/programs/process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const password = 'p@ss/w?rd#1%';
const partsOfPassword = /p@ss|p%40ss|w\?rd|w%3Frd|rd#1|rd%231/;

let folder: string;
let database: TlsDatabase;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  database = await startTlsDatabase(folder, password);
});

afterAll(async () => {
  await database.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

type Parameters = Record<string, string>;

/** Values that name a file of the test database become its path. */
function urlOf(user: string, parameters: Parameters, host = 'localhost', name = 'postgres'): string {
  const paths = new Map<string, string>(Object.entries(database.files));
  const query = Object.entries(parameters).map(
    ([key, value]) => `${key}=${encodeURIComponent(paths.get(value) ?? value)}`,
  );
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${database.port}/${name}?${query.join('&')}`;
}

/** @returns `TLS` or `none`, or why it failed */
async function connect(url: string): Promise<string> {
  try {
    const client = new pg.Client(await chooseConnection(url));
    client.on('error', () => {}); // `connect` fails with the same
    await client.connect();
    const { rows } = await client
      .query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
      .finally(() => client.end());
    return rows[0].ssl ? 'TLS' : 'none';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const [unknownCa, otherName] = [
  /self-signed certificate|unable to verify|issuer/,
  /does not match certificate/,
];
const notAllowed = /no pg_hba\.conf entry/;

describe('a mode decides', () => {
  it.each<[string, Parameters, string | RegExp, string?]>([
    ['either', {}, 'TLS'],
    ['tls_only', {}, 'TLS'],
    ['plain_only', {}, 'none'],
    ['either', { sslmode: 'disable' }, 'none'],
    ['tls_only', { sslmode: 'disable' }, notAllowed],
    ['either', { sslmode: 'allow' }, 'none'],
    ['tls_only', { sslmode: 'allow' }, 'TLS'],
    ['either', { sslmode: 'prefer' }, 'TLS'],
    ['plain_only', { sslmode: 'prefer' }, 'none'],
    ['either', { sslmode: 'prefer', sslrootcert: 'otherCa' }, 'none'],
    ['either', { sslmode: 'require' }, 'TLS'],
    ['plain_only', { sslmode: 'require' }, notAllowed],
    ['either', { sslmode: 'require', sslrootcert: 'ca' }, 'TLS', '127.0.0.1'],
    ['either', { sslmode: 'require', sslrootcert: 'otherCa' }, unknownCa],
    ['either', { sslmode: 'verify-ca', sslrootcert: 'ca' }, 'TLS', '127.0.0.1'],
    ['either', { sslmode: 'verify-ca', sslrootcert: 'otherCa' }, unknownCa],
    ['either', { sslmode: 'verify-ca' }, /needs a root certificate/],
    ['either', { sslmode: 'verify-full', sslrootcert: 'ca' }, 'TLS'],
    ['either', { sslmode: 'verify-full', sslrootcert: 'ca' }, otherName, '127.0.0.1'],
    ['either', { sslmode: 'verify-full', sslrootcert: 'otherCa' }, unknownCa],
    ['either', { sslmode: 'verify-full' }, /needs a root certificate/],
    ['either', { sslmode: 'verify-full', sslrootcert: 'system' }, unknownCa],
    ['either', { sslmode: 'verify-full', sslrootcert: '/nowhere/ca.pem' }, /ENOENT.*\/nowhere\/ca\.pem/],
    ['either', { sslmode: 'require', sslnegotiation: 'direct' }, 'TLS'],
    ['either', { sslmode: 'require', ssl_min_protocol_version: 'TLSv1.3' }, 'TLS'],
    ['either', { sslmode: 'require', channel_binding: 'require' }, 'TLS'],
    ['by_certificate', { sslmode: 'require', sslcert: 'clientCert', sslkey: 'clientKey' }, 'TLS'],
    ['by_certificate', { sslmode: 'require' }, /certificate/],
  ])('%s with %o: %s %s', async (user, parameters, expected, host) => {
    expect(await connect(urlOf(user, parameters, host))).toMatch(expected);
  });
});

test('a server runs over TLS that is verified, and doctor states it', async () => {
  await database.query('create database calls owner tls_only');
  const DATABASE_URL = urlOf('tls_only', { sslmode: 'verify-full', sslrootcert: 'ca' }, 'localhost', 'calls');
  const env = { DATABASE_URL, DATA_DIR: await makeFolder(), PORT: '0' };
  const { url, running } = await startRingback(env);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(
    await database.query(`select distinct ssl from pg_stat_activity join pg_stat_ssl using (pid)
      where usename = 'tls_only'`),
  ).toEqual([{ ssl: true }]);
  const { stdout, stderr, code } = await runRingback(['doctor'], env);
  expect(stdout).toMatch(/ok +database +version .* at localhost:\d+ \(database calls\), over TLS/);
  expect(code).toBe(0);
  expect(stdout + stderr + running.stdout + running.stderr).not.toMatch(partsOfPassword);
});

test('settings of TLS in the environment count as they do for libpq', () => {
  const env = {
    DATABASE_URL: 'postgresql://me@db/calls',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/etc/my ca.pem',
  };
  expect(readConfig(env).databaseUrl).toBe(
    'postgresql://me@db/calls?sslmode=verify-full&sslrootcert=%2Fetc%2Fmy+ca.pem',
  );
  const given = `${env.DATABASE_URL}?sslmode=require`;
  expect(readConfig({ ...env, DATABASE_URL: given, PGSSLROOTCERT: '' }).databaseUrl).toBe(given);
});

describe('no part of a password is in any message', () => {
  const commands = [['start'], ['doctor'], ['account', 'list']];

  async function runAll(DATABASE_URL: string): Promise<string> {
    const env = { DATABASE_URL, DATA_DIR: await makeFolder(), PORT: '0', LOG_LEVEL: 'trace' };
    const ended = await Promise.all(commands.map((args) => runRingback(args, env)));
    for (const { code } of ended) expect(code).toBe(1);
    return ended.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  }

  it.each([
    ['where it is wrong', () => urlOf('either', {}).replace('p%40ss', 'p%40ssX')],
    ['where the host is unknown', () => urlOf('either', {}, 'nowhere.invalid')],
    ['where nothing listens', () => urlOf('either', {}).replace(`:${database.port}`, ':9')],
    [
      'where the certificate is of another CA',
      () => urlOf('either', { sslmode: 'verify-ca', sslrootcert: 'otherCa' }),
    ],
    ['where the database is unknown', () => urlOf('either', {}, 'localhost', 'nothing')],
    ['with / in it as it is', () => `postgresql://either:p@ss/w@localhost:${database.port}/postgres`],
  ])('%s', async (_what, url) => {
    const messages = await runAll(url());
    expect(messages).not.toMatch(partsOfPassword);
  });

  it.each([
    ['postgresql://me:p@ss/w@db/calls', /must be percent-encoded.*@ as %40/],
    ['postgresql://me:12/ss@db/calls', /must be percent-encoded/],
    ['postgresql://me:12?ss@db/calls', /must be percent-encoded/],
    ['postgresql://me:12#ss@db/calls', /must be percent-encoded/],
    ['postgresql://me:p/ss@db/calls', /cannot be read/],
    ['postgresql://me@db/calls?sslmode=no-verify', /unknown sslmode.*verify-full/],
    ['postgresql://me@db/calls?sslcertmode=require', /does not have: sslcertmode|not have: sslcertmode/],
    ['postgresql://me@db/calls?sslmode=require&sslrootcert=system', /needs sslmode=verify-full/],
  ])('%s is rejected before anything is connected', (DATABASE_URL, says) => {
    expect(() => readConfig({ DATABASE_URL })).toThrow(says);
    expect(() => readConfig({ DATABASE_URL })).not.toThrow(/ss\b|w@|\b12/);
  });

  it.each([
    'postgresql://me:p@ss@db/calls',
    'postgresql://me:p%40s%2Fs@db/calls',
    'postgresql://me@/calls?host=/tmp',
  ])('%s has one reading', (DATABASE_URL) => {
    expect(readConfig({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL);
  });
});
