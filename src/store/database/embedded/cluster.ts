import {
  access,
  chmod,
  chown,
  lchown,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../../log.ts';
import type { Binaries } from './binaries.ts';
import { runProgram } from './process/run-program.ts';
import { ROLE } from './roles.ts';
import { NOBODY, pathFor, type ServerUser } from './server-user.ts';

type Options = { dataDir: string; binaries: Binaries; user: ServerUser; log: Log };

const HALF_MADE = 'postgres.init-';

/** Where PostgreSQL keeps its files. */
export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/** True also where this user may not look: then something is there. */
export function isClusterMade(dataDir: string): Promise<boolean> {
  return access(join(clusterFolder(dataDir), 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/**
 * Makes `<dataDir>/postgres` if there is none. It appears complete and synced to disk, or not at all, so a crash
 * half way costs nothing. Rejects, changing nothing, when the folder is another major version's, another user's or
 * not PostgreSQL's.
 * @returns true when it was made now
 */
export async function ensureCluster(options: Options): Promise<boolean> {
  const { dataDir, binaries, user } = options;
  const cluster = clusterFolder(dataDir);
  await removeHalfMade(dataDir);
  const names = await readdir(cluster).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`Cannot read ${cluster}: ${error.message}. Start as the user that it belongs to.`, {
      cause: error,
    });
  });
  if (names.length === 0) {
    await initCluster(options, cluster);
    return true;
  }

  const made = names.includes('PG_VERSION') && (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (!made) throw new Error(`${cluster} holds files, but no PostgreSQL database. Move them away.`);
  if (made !== binaries.major) {
    throw new Error(
      `${cluster} was made by PostgreSQL ${made}; this Ringback brings ${binaries.major}, which cannot read it. Save its database with "ringback backup" of the Ringback that made it, and "ringback restore" it into a new DATA_DIR with this one; or run PostgreSQL ${made} yourself and set DATABASE_URL.`,
    );
  }
  await repairOwner(cluster, user);
  return false;
}

async function initCluster({ dataDir, binaries, user, log }: Options, cluster: string): Promise<void> {
  const startedAt = performance.now();
  const folder = await mkdtemp(join(dataDir, HALF_MADE));
  try {
    if (user) await chown(folder, user.uid, user.gid);
    await runInitdb(binaries, user, folder);
    await rename(folder, cluster);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(dataDir);
  await syncFolder(dirname(dataDir));
  log.info(`made a PostgreSQL database in ${cluster} in ${Math.round(performance.now() - startedAt)} ms`);
}

/** What starts that were killed left; an `initdb` that still writes there fails. One that cannot go yet does no harm. */
async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(HALF_MADE)) continue;
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }
}

async function runInitdb(binaries: Binaries, user: ServerUser, folder: string): Promise<void> {
  const args = [
    `--pgdata=${pathFor(user, folder)}`,
    `--username=${ROLE}`,
    '--auth=reject', // until `writeLoginRules` says who may log in
    '--encoding=UTF8',
    // PostgreSQL's own rules of order and case: the same on every machine, and after every upgrade of it.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ];
  try {
    await runProgram(binaries.initdb, args, { cwd: folder, user });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const advice = output.includes('could not look up effective user ID')
      ? ' Add this user to /etc/passwd, start as one that is there, or set DATABASE_URL.'
      : '';
    throw new Error(`PostgreSQL could not make its database in ${folder}: ${output}.${advice}`, {
      cause: error,
    });
  }
}

/**
 * A folder that root restored from a backup belongs to root and may be open to all; PostgreSQL rejects both. One of an
 * earlier version belongs to `nobody`, as whom other programs may run.
 */
async function repairOwner(cluster: string, user: ServerUser): Promise<void> {
  const { uid } = await stat(cluster);
  const self = process.getuid?.();
  if (user && (uid === 0 || (uid === NOBODY.uid && uid !== user.uid))) {
    for (const name of await readdir(cluster, { recursive: true })) {
      await lchown(join(cluster, name), user.uid, user.gid);
    }
    await lchown(cluster, user.uid, user.gid);
  } else if (uid !== (user?.uid ?? self)) {
    throw new Error(
      `${cluster} belongs to user ${uid}. Start Ringback as that user or as root, or give it to user ${self} with chown -R.`,
    );
  }
  await chmod(cluster, 0o700);
}

/** Without it a power cut could undo the rename, and with it all that was committed since. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined); // the parent may not be ours to read
  await handle?.sync();
  await handle?.close();
}
