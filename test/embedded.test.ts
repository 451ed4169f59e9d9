import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { packagedNative } from '../src/store/database/embedded/binaries.ts';
import {
  isRunning,
  query,
  serverPid,
  serversOf,
  socketFolderOf,
  start,
  startApp,
  tempFolder,
} from './fixtures/embedded-processes.ts';
import { madeDataDir, useTemplate } from './fixtures/embedded-template.ts';
import { conditionMsMax } from './support/wait-limit.ts';

const _ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
useTemplate();

describe('the first start', () => {
  it('makes a durable UTF-8 database with checksums that no network can reach', async () => {
    const dataDir = join(await tempFolder(), 'data');
    const { url } = await start(dataDir);
    const pool = new pg.Pool({ connectionString: url });
    pool.on('error', () => {}); // the server may end before it has read that the connections end
    const setting = async (name: string) => (await pool.query(`show ${name}`)).rows[0][name];
    expect(await setting('server_encoding')).toBe('UTF8');
    expect(await setting('data_checksums')).toBe('on');
    expect(await setting('listen_addresses')).toBe('');
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
      expect(await setting(name)).toBe('on');
    const { rows } = await pool.query(
      'select current_user, datname, datlocprovider, datlocale from pg_database where datname = current_database()',
    );
    expect(rows).toEqual([
      { current_user: 'ringback_app', datname: 'ringback', datlocprovider: 'b', datlocale: 'C.UTF-8' },
    ]);
    await pool.end();
    expect((await stat(socketFolderOf(url))).mode & 0o777).toBe(0o700);
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('gives a url in which the path alone names the database', async () => {
    const { url } = await start(await madeDataDir());
    const other = new URL(url);
    other.pathname = '/postgres';
    expect(await query(other.href, 'select current_database() as name')).toEqual([{ name: 'postgres' }]);
  });

  it('starts over after being killed while creating the database', async () => {
    const dataDir = join(await tempFolder(), 'data');
    const app = startApp(dataDir);
    const halfMade = async () => (await readdir(dataDir)).filter((name) => name.startsWith('postgres.init-'));
    await vi.waitFor(
      async () => {
        const [folder] = await halfMade();
        await stat(join(dataDir, folder ?? '', 'base', '1', 'PG_VERSION'));
      },
      { interval: 2, timeout: conditionMsMax },
    );
    await app.kill('SIGKILL');
    expect(await readdir(dataDir)).not.toContain('postgres');
    const { url } = await start(dataDir);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await halfMade()).toEqual([]);
  });

  it('works below paths that are longer than a socket address', async () => {
    const long = join(await tempFolder(), ...Array<string>(3).fill('x'.repeat(100)));
    await mkdir(join(long, 'tmp'), { recursive: true });
    const app = startApp(join(long, 'data'), { env: { ...process.env, TMPDIR: join(long, 'tmp') } });
    expect(await query(await app.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await app.kill('SIGTERM');
  });

  it('ignores the PostgreSQL settings of who starts it', async () => {
    const app = startApp(await madeDataDir(), {
      env: {
        ...process.env,
        PGPORT: '1',
        PGHOST: 'nowhere',
        PGUSER: 'nobody',
        PGSSLMODE: 'require',
        PGDATA: '/',
      },
    });
    expect(await query(await app.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('stop', () => {
  it('leaves no process and no socket folder, keeps the data, and may be called again', async () => {
    const dataDir = await madeDataDir();
    const first = await start(dataDir);
    await query(first.url, 'insert into row values (7)');
    await Promise.all([first.stop(), first.stop()]);
    await first.stop();
    expect(serversOf(first.url)).toEqual([]);
    await expect(stat(socketFolderOf(first.url))).rejects.toThrow('ENOENT');

    const second = await start(dataDir);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select id from row')).toEqual([{ id: '7' }]);
  });

  it('ends sessions that are at work', async () => {
    const { url, stop } = await start(await madeDataDir());
    const busy = expect(query(url, 'select pg_sleep(60)')).rejects.toThrow();
    const sleeping = `select from pg_stat_activity where query = 'select pg_sleep(60)'`;
    await expect.poll(() => query(url, sleeping)).toHaveLength(1);
    await stop();
    await busy;
    expect(serversOf(url)).toEqual([]);
  });

  it.each([
    ['at once', async () => {}],
    ['when the death was noticed', (lines: string[]) => expect.poll(() => lines.join()).toMatch(/again/)],
    [
      'when the next server has started',
      (_lines: string[], dataDir: string, killed: number) =>
        vi.waitFor(
          async () => {
            const pid = await serverPid(dataDir);
            expect(pid !== undefined && pid !== killed && isRunning(pid)).toBe(true);
          },
          { interval: 1, timeout: conditionMsMax },
        ),
    ],
  ])('leaves no server when it comes during a restart: %s', async (_when, reached) => {
    const dataDir = await madeDataDir();
    const { url, stop, lines } = await start(dataDir);
    const pid = (await serverPid(dataDir)) ?? 0;
    process.kill(pid, 'SIGKILL');
    await reached(lines, dataDir, pid);
    await stop();
    expect(serversOf(url)).toEqual([]);
    expect(await query((await start(dataDir)).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('two apps on one data folder', () => {
  it('rejects the second at once, naming the first, which goes on', async () => {
    const dataDir = await madeDataDir();
    const app = startApp(dataDir);
    const url = await app.url;
    const link = `${dataDir}-link`;
    await symlink(dataDir, link);
    for (const path of [dataDir, link]) {
      await expect(start(path)).rejects.toThrow(`is in use by process ${app.pid}.`);
    }
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('rejects the second also within one process', async () => {
    const dataDir = await madeDataDir();
    const { stop } = await start(dataDir);
    await expect(start(dataDir)).rejects.toThrow(`is in use by process ${process.pid}.`);
    await stop();
    await start(dataDir);
  });

  it('lets exactly one of many that start at once have it', async () => {
    const dataDir = await madeDataDir();
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => startApp(dataDir)).map((app) => app.url),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('after a crash', () => {
  /** Inserts 0, 1, 2, … until the server goes away; returns how many were acknowledged. */
  async function insertUntilCut(url: string, onRow: (id: number) => void): Promise<number> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    for (let id = 0; ; id++) {
      try {
        await client.query('insert into row values ($1)', [id]);
      } catch {
        return id;
      }
      onRow(id);
    }
  }

  it('takes over from a killed app whose server lives and works, losing nothing', async () => {
    const dataDir = await madeDataDir();
    const app = startApp(dataDir);
    const url = await app.url;
    const orphan = (await serverPid(dataDir)) ?? 0;
    const reached = Promise.withResolvers<void>();
    const inserting = insertUntilCut(url, (id) => id === 50 && reached.resolve());
    await reached.promise;
    await app.kill('SIGKILL');
    expect(isRunning(orphan)).toBe(true);

    const next = await start(dataDir);
    const acknowledged = await inserting;
    expect(isRunning(orphan)).toBe(false);
    const [row] = await query(next.url, `select count(*)::int from row where id < ${acknowledged}`);
    expect(row).toEqual({ count: acknowledged });
  });

  it('recovers when app and server were killed in the middle of commits, losing nothing', async () => {
    const dataDir = await madeDataDir();
    const app = startApp(dataDir);
    const server = async () => (await serverPid(dataDir)) ?? 0;
    const url = await app.url;
    const pid = await server();
    const acknowledged = await insertUntilCut(url, (id) => {
      if (id !== 50) return;
      process.kill(app.pid, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
    });
    const next = await start(dataDir);
    const [row] = await query(next.url, `select count(*)::int from row where id < ${acknowledged}`);
    expect(row).toEqual({ count: acknowledged });
  });

  it('leaves no server behind when the app ended by an uncaught error', async () => {
    const app = startApp(await madeDataDir());
    const url = await app.url;
    await app.kill('SIGHUP');
    await expect.poll(() => serversOf(url)).toEqual([]);
  });

  it('is not kept from starting by another process that has the pid of the old server', async () => {
    const dataDir = await madeDataDir();
    const app = startApp(dataDir);
    await app.url;
    process.kill((await serverPid(dataDir)) ?? 0, 'SIGKILL');
    await app.kill('SIGKILL');
    const otherProcess = spawn('sleep', ['60'], isRoot ? { uid: NOBODY, gid: NOBODY } : {});
    onTestFinished(() => void otherProcess.kill());
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    await expect.poll(() => serverPid(dataDir)).toBeDefined();
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(otherProcess.pid)));

    const { url } = await start(dataDir);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(otherProcess.exitCode ?? otherProcess.signalCode).toBeNull();
  });

  it.each(['removed', 'moved'])('ends the orphan of a data folder that was %s', async (what) => {
    const dataDir = await madeDataDir();
    const app = startApp(dataDir);
    const url = await app.url;
    const orphan = (await serverPid(dataDir)) ?? 0;
    onTestFinished(() => void (isRunning(orphan) && process.kill(orphan, 'SIGKILL')));
    await app.kill('SIGKILL');
    const moved = `${dataDir}-moved`;
    spawnSync('mv', [dataDir, moved]);
    // The orphan still writes into it, so a folder may fill again while it is removed.
    if (what === 'removed') await rm(moved, { recursive: true, maxRetries: 20, retryDelay: 20 });

    const next = await start(what === 'moved' ? moved : dataDir);
    expect(isRunning(orphan)).toBe(false);
    // A new folder has a separate password; the socket is where it was.
    expect(socketFolderOf(next.url) === socketFolderOf(url)).toBe(what === 'removed');
  });
});

describe('a server that dies', () => {
  it('is started again automatically, every time, with all that was committed', async () => {
    const dataDir = await madeDataDir();
    const { url, lines } = await start(dataDir);
    for (const id of [1, 2, 3]) {
      await query(url, `insert into row values (${id})`);
      process.kill((await serverPid(dataDir)) ?? 0, 'SIGKILL');
      await vi.waitFor(
        () => expect(lines.filter((line) => line.includes('running again'))).toHaveLength(id),
        {
          timeout: conditionMsMax,
        },
      );
      expect(await query(url, 'select count(*)::int from row')).toEqual([{ count: id }]);
    }
    expect(lines.join('\n')).toMatch(/ended unexpectedly \(SIGKILL\)/);
  });

  it('is not the one whose app got a Ctrl-C in the terminal', async () => {
    const app = startApp(await madeDataDir(), { detached: true });
    const url = await app.url;
    process.kill(-app.pid, 'SIGINT');
    expect(await app.nextLine()).toBe('SIGINT');
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await app.kill('SIGTERM');
    expect(app.errors()).not.toContain('ended unexpectedly');
    expect(serversOf(url)).toEqual([]);
  });
});

describe('a start that cannot succeed', () => {
  it('says what the server said, and leaves neither process nor lock', async () => {
    const dataDir = await madeDataDir();
    const settings = join(dataDir, 'postgres', 'postgresql.auto.conf');
    await writeFile(settings, 'no_such_setting = 1\n');
    await expect(start(dataDir)).rejects.toThrow('unrecognized configuration parameter "no_such_setting"');
    await writeFile(settings, '');
    await start(dataDir);
  });

  it('tells what to do about a folder of another major version', async () => {
    const dataDir = await madeDataDir();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
    await expect(start(dataDir)).rejects.toThrow(
      /made by PostgreSQL 15; this Ringback brings 18.*ringback backup/,
    );
  });

  it('touches nothing in a folder that is not PostgreSQL’s', async () => {
    const dataDir = await tempFolder();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'letter.txt'), 'text');
    await expect(start(dataDir)).rejects.toThrow('holds files, but no PostgreSQL database');
    expect(await readFile(join(dataDir, 'postgres', 'letter.txt'), 'utf8')).toBe('text');
  });

  it('starts with another socket folder where another user has one of its name', async () => {
    const dataDir = await madeDataDir();
    const { url, stop } = await start(dataDir);
    await stop();
    const folder = socketFolderOf(url);
    onTestFinished(() => rm(folder, { recursive: true }));
    const makeForeign: (() => Promise<unknown>)[] = [
      async () => mkdir(folder).then(() => chmod(folder, 0o755)),
      () => symlink('/tmp', folder),
    ];
    for (const make of makeForeign) {
      await make();
      const { url: other, stop: stopOther } = await start(dataDir);
      expect(socketFolderOf(other)).toMatch(new RegExp(`^${folder}-`));
      expect((await stat(socketFolderOf(other))).mode & 0o777).toBe(0o700);
      expect(await query(other, 'select 1 as one')).toEqual([{ one: 1 }]);
      await stopOther();
      await rm(folder, { recursive: true });
    }
    await mkdir(folder);
  });

  it('names DATABASE_URL where there is no PostgreSQL for the platform', () => {
    expect(() => packagedNative('sunos-sparc')).toThrow(
      /no embedded PostgreSQL for sunos-sparc.*DATABASE_URL/,
    );
  });
});
