/** `ringback account` and `ringback token`: beside a running server, without one, on any database. */
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readExpiry } from '../../src/cli/access/token.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeDataFolder, makeFolder, runRingback, startRingback } from '../support/programs/process.ts';

type Env = Record<string, string>;

async function run(env: Env, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runRingback(args, env);
  expect(code, stderr).toBe(0);
  return stdout;
}

const secretIn = (text: string) => /\b(rbt_[\w-]{43})\n/.exec(text)?.[1] ?? '';
const idIn = (text: string) => /: ([0-9a-f-]{36})\n/.exec(text)?.[1] ?? '';
const ask = async (url: string, path: string, token: string) =>
  fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });

async function externalDatabase(): Promise<Env> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return { DATABASE_URL: database.url, DATA_DIR: await makeFolder(), PORT: '0' };
}

test('beside a running server with the embedded database, what they do counts at once', async () => {
  const env = { DATA_DIR: await makeDataFolder(), PORT: '0' };
  const { url } = await startRingback(env);
  const made = await run(env, 'token', 'create', 'Ana', '--role', 'analyst', '--expires', '30d');
  expect(made).toMatch(/^Token Ana \(analyst\) of Ringback, until \d{4}-.*Z: /);
  const token = secretIn(made);
  expect((await ask(url, '/calls', token)).status).toBe(200);
  expect((await ask(url, '/tokens', token)).status).toBe(403);
  const list = await run(env, 'token', 'list');
  expect(list).toMatch(new RegExp(`^${idIn(made)} +Ana +analyst +\\d{4}-\\S+ +\\d{4}-\\S+$`, 'm'));
  expect(list).toMatch(/ owner \(of the settings\) +owner +never /);
  expect(list).not.toContain('rbt_');
  expect(await run(env, 'token', 'revoke', idIn(made))).toBe('Revoked.\n');
  expect((await ask(url, '/calls', token)).status).toBe(401);
});

test('without a server they set up an empty data folder as a first start does', async () => {
  const env = { DATA_DIR: join(await makeFolder(), 'data'), PORT: '0' };
  const made = await run(
    env,
    'account',
    'create',
    'Second',
    '--time-zone',
    'Europe/Berlin',
    '--default-country',
    'de',
  );
  const list = await run(env, 'account', 'list');
  expect(list).toMatch(/^\S+ +Ringback +UTC +US /m);
  expect(list).toMatch(new RegExp(`^${idIn(made)} +Second +Europe/Berlin +DE `, 'm'));
  const analyst = await run(env, 'token', 'create', 'Ben', '--role', 'analyst', '--account', 'Second');
  const { url } = await startRingback(env);
  const account = await ask(url, '/account', secretIn(made));
  expect(await account.json()).toEqual({
    name: 'Second',
    time_zone: 'Europe/Berlin',
    default_country: 'DE',
    twilio_auth_token_set: false,
  });
  expect((await ask(url, '/account', secretIn(analyst))).status).toBe(200);
  const acts = (await (await ask(url, '/audit', secretIn(made))).json()) as { items: object[] };
  expect(acts.items).toMatchObject([
    { action: 'token.created', actor: 'command line', actor_token_id: null, source_ip: null },
    { action: 'account.created', actor: 'command line' },
  ]);
});

test('work on an external database, and leave the token of the settings alone', async () => {
  const env = await externalDatabase();
  const { url } = await startRingback({ ...env, ADMIN_TOKEN: 'admin-token-of-test' });
  const made = await run(env, 'token', 'create', 'CI', '--role', 'operator');
  expect((await ask(url, '/calls', secretIn(made))).status).toBe(200);
  expect((await ask(url, '/calls', 'admin-token-of-test')).status).toBe(200);
});

describe('are rejected with what to do', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown account', ['token', 'list', '--account', 'missing'], /no account missing: .*account list/],
    ['an unknown token', ['token', 'revoke', 'x'], /no token x: .*token list/],
    [
      'a past expiry',
      ['token', 'create', 'x', '--role', 'owner', '--expires', '2020-01-01'],
      /--expires a time to come/,
    ],
    ['an empty name', ['account', 'create', ' '], /The name cannot be taken\. Send text/],
    [
      'a time zone that is none',
      ['account', 'create', 'x', '--time-zone', 'Mars'],
      /--time-zone an IANA name/,
    ],
    [
      'a country that is none',
      ['account', 'create', 'x', '--default-country', 'XX'],
      /--default-country two letters/,
    ],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await runRingback(args, await externalDatabase());
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  test('a role that is none, and a token without one', async () => {
    for (const args of [['--role', 'admin'], []]) {
      const { code, stderr } = await runRingback(['token', 'create', 'x', ...args]);
      expect(code).toBe(2);
      expect(stderr).toContain('--role');
    }
  });

  test('the token of the settings, an ambiguous name, and another version of the schema', async () => {
    const env = await externalDatabase();
    const own = await run(env, 'token', 'list');
    const id = /^([0-9a-f-]{36}) +owner \(of/m.exec(own)?.[1] ?? '';
    expect((await runRingback(['token', 'revoke', id], env)).stderr).toContain('set another ADMIN_TOKEN');
    for (const name of ['Twin', 'Twin']) await run(env, 'account', 'create', name);
    const ambiguous = await runRingback(['token', 'list', '--account', 'Twin'], env);
    expect([ambiguous.code, ambiguous.stderr]).toEqual([1, expect.stringContaining('Several accounts')]);
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    await database.query('delete from schema_version where version > 1');
    const old = await runRingback(['account', 'list'], { ...env, DATABASE_URL: database.url });
    expect([old.code, old.stderr]).toEqual([1, expect.stringContaining('schema of an older Ringback')]);
  });
});

test.each([
  ['12h', '2026-11-24T12:00:00.000Z'],
  ['30d', '2026-12-24T00:00:00.000Z'],
  ['2027-01-31', '2027-01-30T23:00:00.000Z'],
  ['2027-01-31T12:00:00Z', '2027-01-31T12:00:00.000Z'],
])('--expires %s is read in the account’s time zone', (text, at) => {
  expect(readExpiry(text, 'Europe/Berlin', Date.UTC(2026, 10, 24))).toBe(at);
});

test.each(['', '0d', '-1d', 'never', '1w', '2026-11-24', '99999999d', '2027-02-30'])(
  '--expires %j is rejected',
  (text) => {
    expect(() => readExpiry(text, 'UTC', Date.UTC(2026, 10, 24))).toThrow(/time to come/);
  },
);

test('people are invited, listed, changed, given a new link, and removed', async () => {
  const env = await externalDatabase();
  const { url } = await startRingback({ ...env, PUBLIC_URL: 'https://books.example/ringback' });
  const settings = { ...env, PUBLIC_URL: 'https://books.example/ringback' };
  const invited = await run(settings, 'person', 'invite', 'Ana@acme.example', 'Ana', '--role', 'analyst');
  expect(invited).toMatch(/^Person Ana \(analyst\) of Ringback: [0-9a-f-]{36}\n/);
  const linkIn = (text: string) =>
    /: https:\/\/books\.example\/ringback\/sign-in#invitation=(rbi_[\w-]{43})&email=ana%40acme\.example\n$/.exec(
      text,
    )?.[1] ?? '';
  expect(linkIn(invited)).not.toBe('');
  const taken = await runRingback(['person', 'invite', 'ana@acme.example', 'A', '--role', 'owner'], settings);
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('"ringback person reset')]);
  const renewed = linkIn(await run(settings, 'person', 'reset', 'ana@acme.example'));
  const accept = async (invitation: string) => {
    const response = await fetch(`${url}/api/v1/session/invitation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ invitation, password: 'correct horse battery' }),
    });
    return response.status;
  };
  expect(await accept(linkIn(invited))).toBe(401);
  expect(await accept(renewed)).toBe(200);
  await run(settings, 'person', 'role', idIn(invited), 'operator');
  expect(await run(settings, 'person', 'list')).toMatch(
    new RegExp(`^${idIn(invited)} +ana@acme.example +Ana +operator +yes +\\d{4}-\\S+$`, 'm'),
  );
  expect(await run(settings, 'person', 'remove', 'ana@acme.example')).toBe('Removed and signed out.\n');
  const unknown = await runRingback(['person', 'remove', 'ana@acme.example'], settings);
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('person list')]);
});
