import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { chooseConnection } from '../store/database/connections/connection.ts';
import { closeDb, type Db, openDb } from '../store/database/connections/db.ts';
import { rejectSharedSessions } from '../store/database/connections/session.ts';
import { clusterFolder } from '../store/database/embedded/cluster.ts';
import { DataDirInUse } from '../store/database/embedded/data-dir-lock.ts';
import { databaseUrl, readPassword } from '../store/database/embedded/database.ts';
import { startEmbeddedDatabase } from '../store/database/embedded.ts';

export type OpenedDatabase = {
  pool: pg.Pool;
  db: Db;
  url: string;
  isEncrypted: boolean;
  /** Of an embedded database that a running Ringback has: what it says of who that is. */
  usedBy: DataDirInUse | null;
};

/**
 * Opens the database of the settings for `work`. An embedded one is started for it and ended after it, unless a
 * Ringback runs on its data folder: then that one's is used.
 */
export async function withDatabase<T>(
  config: Config,
  log: Log,
  work: (database: OpenedDatabase) => Promise<T>,
): Promise<T> {
  const { url, usedBy, stop } = await reachDatabase(config, log);
  try {
    const connection = await chooseConnection(url);
    const db = openDb(connection, 1, (error) =>
      log.warn({ reason: error.message }, 'a database connection broke'),
    );
    try {
      await rejectSharedSessions(db.pool);
      return await work({ pool: db.pool, db, url, usedBy, isEncrypted: connection.ssl !== false });
    } finally {
      await closeDb(db);
    }
  } finally {
    await stop();
  }
}

type ReachedDatabase = { url: string; usedBy: DataDirInUse | null; stop(): Promise<void> };

async function reachDatabase(config: Config, log: Log): Promise<ReachedDatabase> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, usedBy: null, stop: async () => {} };
  try {
    return { ...(await startEmbeddedDatabase({ dataDir: config.dataDir, log })), usedBy: null };
  } catch (error) {
    if (!(error instanceof DataDirInUse)) throw error;
    const folder = await runningSocketFolder(config.dataDir);
    const password = await readPassword(config.dataDir).catch(() => null);
    if (folder === null || password === null) throw error;
    return { url: databaseUrl(folder, password), usedBy: error, stop: async () => {} };
  }
}

/** PostgreSQL writes it into its pid file; null where there is none, or none that this user may read. */
async function runningSocketFolder(dataDir: string): Promise<string | null> {
  const file = join(clusterFolder(await realpath(dataDir)), 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return lines[4]?.trim() || null;
}
