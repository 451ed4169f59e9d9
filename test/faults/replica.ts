/** PostgreSQL servers that a test makes, copies, follows and promotes: they are not started again. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import { createLog } from '../../src/log.ts';
import { findBinaries } from '../../src/store/database/embedded/binaries.ts';
import { clusterFolder, ensureCluster } from '../../src/store/database/embedded/cluster.ts';
import { programEnv } from '../../src/store/database/embedded/process/run-program.ts';
import { DATABASE, ROLE } from '../../src/store/database/embedded/roles.ts';
import { chooseServerUser, pathFor } from '../../src/store/database/embedded/server-user.ts';
import { SOCKET_PORT, serverFlags } from '../../src/store/database/embedded/settings.ts';
import { makeSocketFolder } from '../../src/store/database/embedded/socket-folder.ts';
import { makeFolder } from '../support/programs/process.ts';

export class Replica {
  /** of its database */
  readonly url: string;
  readonly #dataDir: string;
  readonly #socketFolder: string;
  #kill: () => Promise<void> = async () => {};

  private constructor(dataDir: string, socketFolder: string) {
    this.#dataDir = dataDir;
    this.#socketFolder = socketFolder;
    this.url = urlOf(socketFolder, DATABASE);
  }

  /** A separate new database. */
  static async make(): Promise<Replica> {
    const dataDir = await makeFolder();
    const user = await chooseServerUser(dataDir, createLog('silent'));
    const binaries = await findBinaries(user);
    await ensureCluster({ dataDir, binaries, user, log: createLog('silent') });
    const rules = join(clusterFolder(dataDir), 'pg_hba.conf');
    await writeFile(rules, 'local all all trust\nlocal replication all trust\n');
    const made = new Replica(dataDir, await socketFolderOf(dataDir));
    await made.#start();
    await queryOn(urlOf(made.#socketFolder, 'postgres'), `create database ${DATABASE}`);
    return made;
  }

  /** A copy that follows this one from now on. What this one acknowledges is then on the disks of both. */
  async makeStandby(): Promise<Replica> {
    const dataDir = await makeFolder();
    const from = clusterFolder(this.#dataDir);
    const to = clusterFolder(dataDir);
    const label = await this.#whileBackedUp(async () => {
      spawnSync('cp', ['-a', from, to]); // says of files that went meanwhile that they did
      await rm(join(to, 'postmaster.pid'), { force: true });
      for (const name of await readdir(join(to, 'pg_wal'))) {
        if (/^[0-9A-F]{24}/.test(name)) await rm(join(to, 'pg_wal', name));
      }
    });
    const primary = `host=${this.#socketFolder} port=${SOCKET_PORT} user=${ROLE}`;
    const files = {
      backup_label: label,
      'standby.signal': '',
      'postgresql.auto.conf': `primary_conninfo = '${primary}'\n`,
    };
    const owner = await chooseServerUser(dataDir);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(to, name), text);
      if (owner) await chown(join(to, name), owner.uid, owner.gid);
    }
    const standby = new Replica(dataDir, await socketFolderOf(dataDir));
    await standby.#start();
    await this.query(`alter system set synchronous_standby_names = '*'`);
    await this.query('select pg_reload_conf()');
    const states = () => this.query('select sync_state from pg_stat_replication');
    await expect.poll(states, { timeout: 30_000 }).toEqual([{ sync_state: 'sync' }]);
    return standby;
  }

  /** As a failing machine does it: at once, with all its sessions. */
  kill(): Promise<void> {
    return this.#kill();
  }

  async promote(): Promise<void> {
    expect(await this.query('select pg_promote(true, 60) as done')).toEqual([{ done: true }]);
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {}); // its query fails with the same
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** @returns what the copy needs to begin where it was begun */
  async #whileBackedUp(copy: () => Promise<void>): Promise<string> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      await client.query(`select pg_backup_start('standby', true)`);
      await copy();
      const { rows } = await client.query('select labelfile from pg_backup_stop(false)');
      return rows[0].labelfile;
    } finally {
      await client.end();
    }
  }

  async #start(): Promise<void> {
    const user = await chooseServerUser(this.#dataDir);
    const { postgres } = await findBinaries(user);
    const cluster = clusterFolder(this.#dataDir);
    const flags = [
      ...serverFlags(this.#socketFolder),
      '-c',
      'wal_keep_size=1GB',
      '-c',
      'shared_buffers=32MB',
    ];
    const log = await open(join(this.#dataDir, 'postgres.log'), 'a');
    const child = spawn(postgres, ['-D', pathFor(user, cluster), ...flags], {
      cwd: cluster,
      stdio: ['ignore', log.fd, log.fd],
      env: programEnv,
      ...user,
    });
    const ended = once(child, 'exit');
    await log.close();
    this.#kill = async () => {
      child.kill('SIGKILL');
      await ended;
      // Its sessions see within moments that it is gone, and end.
      await expect.poll(() => this.query('select 1').catch(() => null), { timeout: 30_000 }).toBeNull();
    };
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(this.#socketFolder, { recursive: true, force: true });
    });
    const answers = async () => {
      const answer = await this.query('select 1').catch((error: Error) => error.message);
      // A database that is not made yet answers too.
      return typeof answer !== 'string' || answer.includes('does not exist');
    };
    await expect.poll(answers, { timeout: 60_000 }).toBe(true);
  }
}

/** Replicas are of the test's own: who reaches the socket is the superuser. */
function urlOf(socketFolder: string, database: string): string {
  return `postgresql://${ROLE}@${encodeURIComponent(socketFolder)}:${SOCKET_PORT}/${database}?sslmode=disable`;
}

async function queryOn(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function socketFolderOf(dataDir: string): Promise<string> {
  return makeSocketFolder(dataDir, await chooseServerUser(dataDir));
}
