/** `npm run test:pgbouncer`: behind the PgBouncer of Debian or Ubuntu, on a unix socket. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { makeFolder, runRingback, startRingback } from '../support/programs/process.ts';
import { TestServer } from '../support/server.ts';

const timeZone = 'America/New_York';
const adminToken = 'test-admin-token-0001';

/** A database with a separate time zone. @returns settings of a Ringback behind the pooler */
async function startPooler(settings: Record<string, string | number>) {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  await database.query(`alter database ${name} set timezone = '${timeZone}'`);
  const folder = await makeFolder();
  await chmod(folder, 0o777); // PgBouncer runs as the user of the database
  const host = decodeURIComponent(url.hostname);
  const target = `host=${host} port=${url.port} user=${url.username} password=${url.password}`;
  const lines = {
    listen_port: 6432,
    unix_socket_dir: folder,
    auth_type: 'any',
    server_fast_close: 1,
    ...settings,
  };
  const config = join(folder, 'pgbouncer.ini');
  const text = Object.entries(lines).map(([key, value]) => `${key} = ${value}\n`);
  await writeFile(config, `[databases]\n* = ${target}\n[pgbouncer]\n${text.join('')}`, { mode: 0o644 });
  const { uid, gid } = await stat(host);
  const child = spawn('pgbouncer', [config], {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 && { uid, gid }),
  });
  onTestFinished(async () => {
    child.kill('SIGQUIT');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const pooled = `postgresql://${url.username}@${encodeURIComponent(folder)}:6432/${name}?sslmode=disable`;
  await expect.poll(() => isAnswered(pooled)).toBe(true);
  return { DATABASE_URL: pooled, DATA_DIR: await makeFolder(), PORT: '0', ADMIN_TOKEN: adminToken };
}

async function isAnswered(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // `connect` fails with the same
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

describe.each([
  ['as it is installed', {}],
  ['that ignores startup options', { ignore_startup_parameters: 'options' }],
])('session mode, PgBouncer %s', (_what, more) => {
  test('serves, with times as they are sent', async () => {
    const settings = await startPooler({ pool_mode: 'session', ...more });
    const { url } = await startRingback(settings);
    const database = { url: '', query: async () => [], drop: async () => {} };
    const server = new TestServer(url, database, adminToken, async () => {});
    const webhook = await server.createWebhook();
    const startedAt = new Date(Date.now() - 3_600_000).toISOString();
    expect(await server.createCall('C1', { started_at: startedAt })).toMatchObject({ started_at: startedAt });
    await Promise.all(Array.from({ length: 40 }, (_, at) => server.createCall(`D${at}`)));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        server.post(webhook, { call_log_id: `D${at % 40}`, reason: `r${at}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { code, stdout } = await runRingback(['doctor'], settings);
    expect(stdout).not.toMatch(/FAIL|warn/);
    expect(code).toBe(0);
  });
});

describe.each([
  ['transaction mode', { pool_mode: 'transaction' }],
  ['transaction mode with several connections', { pool_mode: 'transaction', min_pool_size: 5 }],
  ['transaction mode, in turn', { pool_mode: 'transaction', min_pool_size: 4, server_round_robin: 1 }],
  ['statement mode', { pool_mode: 'statement' }],
])('%s', (_what, settings) => {
  test('stops the start with the reason, and doctor names it', async () => {
    const env = await startPooler({ ...settings, ignore_startup_parameters: 'options' });
    const { code, stderr } = await runRingback(['start'], env);
    expect(stderr).toMatch(
      /^Ringback cannot start\. DATABASE_URL leads to a connection pooler .* pool_mode to session/,
    );
    expect(code).toBe(1);
    const doctor = await runRingback(['doctor'], env);
    expect(doctor.stdout).toMatch(/FAIL +database +DATABASE_URL leads to a connection pooler/);
    expect(doctor.code).toBe(1);
  });
});
