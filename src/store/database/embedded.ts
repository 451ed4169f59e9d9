import { realpath } from 'node:fs/promises';
import type { Log } from '../../log.ts';
import { makeFolder } from '../../make-folder.ts';
import { findBinaries } from './embedded/binaries.ts';
import { clusterFolder, ensureCluster } from './embedded/cluster.ts';
import { lockDataDir } from './embedded/data-dir-lock.ts';
import { canConnect, databaseUrl, ensurePassword } from './embedded/database.ts';
import { stopPreviousServer } from './embedded/process/previous-server.ts';
import { startServer } from './embedded/process/server.ts';
import { supervise } from './embedded/process/supervise.ts';
import { setUpRoles, writeLoginRules } from './embedded/roles.ts';
import { chooseServerUser } from './embedded/server-user.ts';
import { makeSocketFolder, removeSocketFolder } from './embedded/socket-folder.ts';

export type EmbeddedDatabase = {
  /** For `pg`: with the password, over the unix socket. Only the path part names the database. */
  url: string;
  /** Ends the server (within 8 s in an orderly way, else at once) and frees the data folder. May be called again. */
  stop(): Promise<void>;
};

/**
 * Runs PostgreSQL as a child process on `<dataDir>/postgres`, made at the first start, and keeps it running until
 * `stop()`: a server that dies is started again. Resolves when it accepts connections.
 * A server that a killed app left behind is ended first; nothing that was committed is lost.
 *
 * Rejects with an Error that says what to do when another process uses the folder (its pid is named), when no
 * PostgreSQL exists for this platform, when another major version made the folder, or when the server does not
 * start (with the last lines of its log). Then no process is left behind.
 */
export async function startEmbeddedDatabase(options: {
  dataDir: string;
  log: Log;
  /** ends the start between two of its steps */
  signal?: AbortSignal | undefined;
}): Promise<EmbeddedDatabase> {
  const { log, signal } = options;
  await makeFolder(options.dataDir);
  const dataDir = await realpath(options.dataDir);
  const lock = await lockDataDir(dataDir);
  let socketFolder: string | undefined;

  async function cleanUp(): Promise<void> {
    if (socketFolder) await removeSocketFolder(socketFolder);
    await lock.release();
  }

  try {
    const user = await chooseServerUser(dataDir, log);
    const binaries = await findBinaries(user);
    socketFolder = await makeSocketFolder(dataDir, user);
    await stopPreviousServer({ dataDir, socketFolder, log });
    const isNew = await ensureCluster({ dataDir, binaries, user, log });
    signal?.throwIfAborted();
    const password = await ensurePassword(dataDir);
    const cluster = { folder: clusterFolder(dataDir), binaries, user };
    await writeLoginRules(cluster);
    if (isNew) await setUpRoles(cluster, password);
    signal?.throwIfAborted();

    const setup = { dataDir, binaries, user, socketFolder, log };
    const url = databaseUrl(socketFolder, password);
    let server = await startServer(setup);
    try {
      if (!(await canConnect(url))) {
        // Of an earlier version, or its password was lost: both need single-user mode.
        await server.stop();
        log.info('setting up the roles of the database');
        await setUpRoles(cluster, password);
        server = await startServer(setup);
        if (!(await canConnect(url)))
          throw new Error(
            `PostgreSQL does not accept the password of DATA_DIR: see ${dataDir}/postgres.log.`,
          );
      }
    } catch (error) {
      await server.stop();
      throw error;
    }

    const supervisor = supervise(server, (cancel) => startServer(setup, cancel), log);
    let stopping: Promise<void> | undefined;
    return {
      url,
      stop: () => {
        stopping ??= supervisor.stop().finally(cleanUp);
        return stopping;
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
