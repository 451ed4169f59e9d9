import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerUser } from './server-user.ts';
import { SOCKET_PORT } from './settings.ts';

// What fits into a socket's address on macOS, without the final zero; Linux takes 107.
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * The folder of the server's socket: private to the server's user, and short however long DATA_DIR and TMPDIR are. It has the
 * same name at every start on one data folder, unless another user has a folder of that name: then it has a random one.
 */
export async function makeSocketFolder(dataDir: string, user: ServerUser): Promise<string> {
  const name = `ringback-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  const parents = [...new Set(['/tmp', tmpdir()])];
  const failures: unknown[] = [];
  for (const make of [makeNamed, makeRandom]) {
    for (const parent of parents) {
      // A random name is six characters longer and a hyphen.
      if (socketPath(join(parent, `${name}-XXXXXX`)).length > SOCKET_PATH_BYTES_MAX) continue;
      try {
        const folder = await make(join(parent, name), user);
        if (user) await chown(folder, user.uid, user.gid);
        return folder;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  throw new AggregateError(failures, `No folder for PostgreSQL's socket can be made: ${failures.join('; ')}`);
}

async function makeNamed(folder: string, user: ServerUser): Promise<string> {
  await mkdir(folder, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    await assertPrivate(folder, user);
  });
  return folder;
}

function makeRandom(folder: string): Promise<string> {
  return mkdtemp(`${folder}-`);
}

/** Removes the folder and what a server leaves in it. Only for when no server uses it. */
export async function removeSocketFolder(folder: string): Promise<void> {
  await removeSocket(folder);
  await rmdir(folder).catch(() => {
    // What another user put there is not ours to remove, and an empty leftover does no harm.
  });
}

/** Removes what a killed server leaves. */
export async function removeSocket(folder: string): Promise<void> {
  await rm(socketPath(folder), { force: true });
  await rm(socketLockPath(folder), { force: true });
}

/** The server's own lock of its socket; its first line is the pid. */
export function socketLockPath(folder: string): string {
  return `${socketPath(folder)}.lock`;
}

function socketPath(folder: string): string {
  return join(folder, `.s.PGSQL.${SOCKET_PORT}`);
}

/** Temporary folders are open to all: a folder of another user could have a socket that pretends to be the database. */
async function assertPrivate(folder: string, user: ServerUser): Promise<void> {
  const found = await lstat(folder);
  const self = process.getuid?.();
  const isOurs = found.uid === self || found.uid === user?.uid;
  if (found.isDirectory() && isOurs && (found.mode & 0o077) === 0) return;
  throw new Error(
    `${folder} is not a private folder of user ${user?.uid ?? self} (owner ${found.uid}, mode ${(found.mode & 0o7777).toString(8)}). See who made it, then remove it.`,
  );
}
