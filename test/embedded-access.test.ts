/** Who may look into the embedded database: Ringback, and no other user or program of the machine. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries } from '../src/store/database/embedded/binaries.ts';
import { passwordFile } from '../src/store/database/embedded/database.ts';
import { runAsSuperuser } from '../src/store/database/embedded/roles.ts';
import { query, socketFolderOf, start, startApp, tempFolder } from './fixtures/embedded-processes.ts';
import { madeDataDir, useTemplate } from './fixtures/embedded-template.ts';

useTemplate();

const nobody = 65534;
const isRoot = process.getuid?.() === 0;

async function makeDataDir(): Promise<string> {
  return join(await tempFolder(), 'data');
}

/** What a program of another user gets: the rows, or the code of the error. */
function readAs(uid: number, script: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync('/usr/bin/env', ['python3', '-c', script, ...args], { uid, gid: uid });
  return stdout.toString().trim() || stderr.toString();
}

const connectTo = `
import socket, sys
try:
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print('connected')
except OSError as error: print(type(error).__name__)`;
const readFileAt = `
import sys
try: print(open(sys.argv[1], 'rb').read())
except OSError as error: print(type(error).__name__)`;

test.runIf(isRoot)(
  'a program of another user reaches neither the socket, nor a file, nor the password',
  async () => {
    const dataDir = await makeDataDir();
    const { url } = await start(dataDir);
    await query(url, 'create table secret as select 42 as answer');
    await chmod(join(dataDir, '..'), 0o755);
    await chmod(dataDir, 0o755); // as an operator might
    expect(readAs(nobody, connectTo, join(socketFolderOf(url), '.s.PGSQL.5432'))).toBe('PermissionError');
    for (const path of ['postgres/PG_VERSION', 'postgres/pg_hba.conf', 'database-password', 'postgres.log'])
      expect(readAs(nobody, readFileAt, join(dataDir, path)), path).toBe('PermissionError');
    expect((await stat(passwordFile(dataDir))).mode & 0o777).toBe(0o600);
  },
);

test('a client of the socket needs the password, and the superuser has none', async () => {
  const { url } = await start(await madeDataDir());
  const as = (user: string, password: string) => {
    const other = new URL(url);
    other.username = user;
    other.password = password;
    return query(other.href, 'select 1');
  };
  await expect(as('ringback_app', 'wrong')).rejects.toMatchObject({ code: '28P01' });
  await expect(as('ringback', 'wrong')).rejects.toMatchObject({ code: '28000' });
  await expect(as('ringback', new URL(url).password)).rejects.toMatchObject({ code: '28000' });
});

test('the role of the application runs no program, reads no file and makes no other role a superuser', async () => {
  const { url } = await start(await madeDataDir());
  await query(url, 'create table t (line text)');
  for (const sql of [
    `copy t from program 'id'`,
    `copy t to program 'cat > /tmp/ringback-pwned'`,
    `copy t from '/etc/passwd'`,
    `select pg_read_file('/etc/passwd')`,
    `alter role ringback_app superuser`,
    `create role other superuser`,
    `alter system set archive_command = 'id'`,
    `set role ringback`,
    `create extension file_fdw`,
  ])
    await expect(query(url, sql), sql).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|0A000|58P01)$/),
    });
});

test('a lost password file is created again, with nothing else lost', async () => {
  const dataDir = await makeDataDir();
  const first = await start(dataDir);
  await query(first.url, 'create table kept as select 1 as one');
  await first.stop();
  await rm(passwordFile(dataDir));
  const { url } = await start(dataDir);
  expect(await query(url, 'select * from kept')).toEqual([{ one: 1 }]);
  expect(url).not.toBe(first.url);
});

/** As Ringback made it before: a superuser that every process on the socket may be, and the files of `nobody`. */
async function makeEarlierVersion(dataDir: string): Promise<void> {
  const user = isRoot ? { uid: nobody, gid: nobody } : undefined;
  const binaries = await findBinaries(user);
  const folder = join(dataDir, 'postgres');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
  const initdb = spawnSync(
    binaries.initdb,
    [
      '--pgdata=/proc/self/cwd',
      '--username=ringback',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ],
    { cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...user },
  );
  expect(initdb.status, initdb.stderr.toString()).toBe(0);
  const cluster = { folder, binaries, user };
  await runAsSuperuser(cluster, 'postgres', ['create database ringback']);
  await runAsSuperuser(cluster, 'ringback', [
    'create table row (id bigint primary key, n bigint generated always as identity, old serial)',
    'insert into row (id) values (1)',
    'create view seen as select id from row',
    'create sequence own',
  ]);
}

test.each(['stopped', 'killed'])(
  'a data folder of an earlier version that was %s goes on, with its rows',
  async (how) => {
    const dataDir = await makeDataDir();
    await makeEarlierVersion(dataDir);
    if (how === 'killed') await rm(passwordFile(dataDir), { force: true });
    const app = startApp(dataDir);
    const url = await app.url;
    await query(url, 'insert into row (id) values (2)');
    await query(url, 'alter table row add column more text');
    expect(await query(url, `select nextval('own')`)).toEqual([{ nextval: '1' }]);
    if (how === 'killed') await app.kill('SIGKILL');
    else await app.kill('SIGTERM');
    const again = await start(dataDir);
    expect(await query(again.url, 'select id, old from row order by id')).toEqual([
      { id: '1', old: 1 },
      { id: '2', old: 2 },
    ]);
    expect(
      await query(again.url, 'select rolname, rolsuper from pg_roles where rolcanlogin order by rolname'),
    ).toEqual([
      { rolname: 'ringback', rolsuper: true },
      { rolname: 'ringback_app', rolsuper: false },
    ]);
    expect(
      await query(again.url, `select distinct tableowner from pg_tables where schemaname = 'public'`),
    ).toEqual([{ tableowner: 'ringback_app' }]);
    if (isRoot) expect((await stat(join(dataDir, 'postgres', 'PG_VERSION'))).uid).not.toBe(nobody);
    expect(await readFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'utf8')).not.toContain('trust');
  },
);
