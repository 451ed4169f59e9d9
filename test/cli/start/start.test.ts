import { spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { greeting } from '../../../src/cli/start.ts';
import { readConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/log.ts';
import { startServer } from '../../../src/server.ts';
import { isRunning, serverPid } from '../../fixtures/embedded-processes.ts';
import { createTestDatabase } from '../../support/database.ts';
import {
  makeDataFolder,
  makeFolder,
  runRingback,
  startProcess,
  startRingback,
} from '../../support/programs/process.ts';

async function databaseSettings(): Promise<{ DATABASE_URL: string; DATA_DIR: string }> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return { DATABASE_URL: database.url, DATA_DIR: join(await makeFolder(), 'data') };
}

/** Runs the curl line as a person pastes it. */
function paste(stdout: string, env: Record<string, string> = {}): unknown {
  const line = /^ *(curl .*)$/m.exec(stdout)?.[1] ?? '';
  const { stdout: answer } = spawnSync('sh', ['-c', line], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return JSON.parse(answer);
}

/** For a server that outlived who started it. */
async function endServerOf(dataDir: string): Promise<void> {
  const pid = Number.parseInt(await readFile(join(dataDir, 'ringback.pid'), 'utf8').catch(() => ''), 10);
  if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGTERM');
}

const account = { name: 'Ringback', time_zone: 'UTC', default_country: 'US', twilio_auth_token_set: false };

describe('ringback start', () => {
  it('prints where it listens and a curl line that works when pasted, whatever the folder is called', async () => {
    const settings = await databaseSettings();
    const DATA_DIR = join(settings.DATA_DIR, `it's a "$HOME" of data`);
    const { running, url } = await startRingback({ ...settings, DATA_DIR });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(running.stdout).toContain(`${url}/docs`);
    expect(paste(running.stdout)).toEqual(account);
  });

  it('makes a token, keeps it in a file of its owner, and names the file where the output is not a terminal', async () => {
    const settings = await databaseSettings();
    const file = join(settings.DATA_DIR, 'admin-token');
    const first = await startRingback(settings);
    await first.running.waitFor(/sign in: \S+\/sign-in\n/);
    expect(first.running.stdout).toContain(`admin token: made just now, in ${file}`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const token = (await readFile(file, 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${first.url}/api/v1/account`, { headers })).status).toBe(200);
    first.running.signal('SIGTERM');
    const { stdout, stderr } = await first.running.end();
    expect(stdout + stderr).not.toMatch(/rb[tl]_/);

    const second = await startRingback(settings);
    expect(second.running.stdout).toContain(`admin token: in ${file}`);
    expect(paste(second.running.stdout)).toEqual(account);
    expect(second.running.stdout).not.toMatch(/rb[tl]_/);
  });

  it('prints a link to a terminal that signs in once, and never the token', async () => {
    const { DATABASE_URL, DATA_DIR } = await databaseSettings();
    const config = readConfig({ DATABASE_URL, DATA_DIR, PORT: '0' });
    const server = await startServer(config, createLog('silent'), true);
    const text = greeting(server, config).join('\n');
    const [, url, secret] =
      /sign in: (\S+)\/sign-in#token=(rbl_\S+) \(once, within 10 minutes\)/.exec(text) ?? [];
    expect(text).not.toContain((await readFile(join(DATA_DIR, 'admin-token'), 'utf8')).trim());
    const signIn = () =>
      fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: secret }),
      });
    const answers = await Promise.all([signIn(), signIn(), signIn()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(await (await signIn()).text()).toContain('ten minutes');
    await server.stop();
  });

  it('makes one token, however many start at once on a new folder', async () => {
    const settings = await databaseSettings();
    const starts = await Promise.all(Array.from({ length: 3 }, () => startRingback(settings)));
    const token = (await readFile(join(settings.DATA_DIR, 'admin-token'), 'utf8')).trim();
    for (const { url } of starts) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${url}/api/v1/account`, { headers })).status).toBe(200);
    }
    expect(starts.filter(({ running }) => running.stdout.includes('made just now'))).toHaveLength(1);
  });

  it('leaves the token of the server that has the embedded database alone', async () => {
    const DATA_DIR = join(await makeFolder(), 'data');
    const env = { DATA_DIR, PORT: '0' };
    const starts = Array.from({ length: 2 }, () => startProcess(['src/main.ts', 'start'], { env }));
    const url = await Promise.any(
      starts.map(async (one) => (await one.waitFor(/listening on (http:\S+)[\s\S]*account'?\n/))[1]),
    );
    const rejected = await Promise.any(starts.map((one) => one.end()));
    expect(rejected).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') });
    const token = (await readFile(join(DATA_DIR, 'admin-token'), 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/api/v1/account`, { headers })).status).toBe(200);
  });

  it('never prints a token from the settings', async () => {
    const settings = { ...(await databaseSettings()), ADMIN_TOKEN: 'a-token-of-my-own-choice' };
    const { running } = await startRingback(settings);
    expect(paste(running.stdout, settings)).toEqual(account);
    expect(running.stdout).toMatch(/sign in: \S+\/sign-in\n/);
    running.signal('SIGINT');
    const { code, stdout, stderr } = await running.end();
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(settings.ADMIN_TOKEN);
  });

  it('logs one JSON object per line where the output is not a terminal', async () => {
    const { running } = await startRingback({ ...(await databaseSettings()), LOG_LEVEL: 'debug' });
    running.signal('SIGTERM');
    const { stdout } = await running.end();
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    const messages = lines.map((line) => JSON.parse(line).msg);
    expect(messages).toEqual(expect.arrayContaining(['stopping', 'stopped']));
  });

  it('runs as npm start, whose end ends the server and its database', async () => {
    const DATA_DIR = await makeDataFolder();
    const running = startProcess(['start'], { command: 'npm', env: { PORT: '0', DATA_DIR } });
    onTestFinished(() => endServerOf(DATA_DIR));
    await running.waitFor(/listening on http:\/\//);
    const pid = (await serverPid(DATA_DIR)) ?? 0;
    expect(isRunning(pid)).toBe(true);
    running.signal('SIGTERM');
    expect((await running.end()).code).toBe(0);
    expect(isRunning(pid)).toBe(false);
  });

  it('ends in order when it gets a signal while it starts', async () => {
    const DATA_DIR = join(await makeFolder(), 'data');
    const running = startProcess(['src/main.ts', 'start'], { env: { PORT: '0', DATA_DIR } });
    await vi.waitFor(() => stat(join(DATA_DIR, 'ringback.pid')), { interval: 5, timeout: 20_000 });
    running.signal('SIGTERM');
    expect((await running.end()).code).toBe(0);
    await expect(stat(join(DATA_DIR, 'ringback.pid'))).rejects.toThrow('ENOENT');
    expect(await serverPid(DATA_DIR)).toBeUndefined();
  });
});

describe('a start that fails says what to do and exits with 1', () => {
  it('where the port is in use', async () => {
    const settings = await databaseSettings();
    const { url } = await startRingback(settings);
    const { port } = new URL(url);
    const { code, stderr } = await runRingback(['start'], { ...settings, PORT: port });
    expect(code).toBe(1);
    expect(stderr).toMatch(`Port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain('set PORT');
  });

  it('where another Ringback has the data folder', async () => {
    const DATA_DIR = await makeDataFolder();
    const { running } = await startRingback({ DATA_DIR });
    const { code, stderr } = await runRingback(['start'], { DATA_DIR, PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toContain(`in use by process ${running.pid}. Stop that one first`);
  });

  it('where the database does not answer, without showing its password', async () => {
    const DATABASE_URL = 'postgresql://ringback:topsecret@127.0.0.1:9/calls';
    const { code, stdout, stderr } = await runRingback(['start'], {
      DATABASE_URL,
      DATA_DIR: await makeFolder(),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('PostgreSQL at 127.0.0.1:9 (database calls) does not answer');
    expect(stderr).toContain('DATABASE_URL');
    expect(stdout + stderr).not.toContain('topsecret');
  });

  it('where the database does not exist', async () => {
    const settings = await databaseSettings();
    const DATABASE_URL = settings.DATABASE_URL.replace(/test_\w+/, 'no_such_database');
    const { code, stderr } = await runRingback(['start'], { ...settings, DATABASE_URL });
    expect(code).toBe(1);
    expect(stderr).toContain('"no_such_database" does not exist');
    expect(stderr).toContain('createdb');
  });

  it.each([
    ['a setting', { PORT: 'eighty' }, 'PORT must be a whole number'],
    ['the address', { HOST: '203.0.113.9', PORT: '0' }, 'HOST 203.0.113.9 is no address of this machine'],
  ])('where %s is wrong', async (_what, wrong, said) => {
    const { code, stderr } = await runRingback(['start'], { ...(await databaseSettings()), ...wrong });
    expect(code).toBe(1);
    expect(stderr).toContain(said);
  });

  it('where the data folder is a file', async () => {
    const DATA_DIR = join(await makeFolder(), 'file');
    await writeFile(DATA_DIR, '');
    const { code, stderr } = await runRingback(['start'], { DATA_DIR, PORT: '0' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Set DATA_DIR to a folder/);
  });

  it.runIf(process.platform === 'linux').each(['/proc/ringback', '/proc/ringback/data'])(
    'where the data folder cannot be made: %s',
    async (DATA_DIR) => {
      const { code, stderr } = await runRingback(['start'], { DATA_DIR, PORT: '0' });
      expect(code).toBe(1);
      expect(stderr).toContain('Cannot use /proc/ringback: ENOENT');
      expect(stderr).toMatch(/Set DATA_DIR to a folder/);
    },
  );
});
