import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The Unix user that PostgreSQL's programs run as; undefined: the one that this process runs as. */
export type ServerUser = { uid: number; gid: number } | undefined;

const NOBODY = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL rejects to run as root. So for root: who owns the database's files, else who owns the data folder,
 * else `nobody`.
 */
export async function chooseServerUser(dataDir: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = await ownerOf(join(dataDir, 'postgres'));
  if (cluster) return cluster;
  const owner = await ownerOf(dataDir);
  if (owner && (await hasName(owner.uid))) return owner;
  if (process.platform === 'darwin') {
    throw new Error(
      `PostgreSQL cannot run as root: start Ringback as an ordinary user that owns ${dataDir}.`,
    );
  }
  return NOBODY;
}

/** What to give as the folder's path to a program that `user` runs with this folder as its working directory. */
export function pathFor(user: ServerUser, folder: string): string {
  // The folder may lie below one that only root can enter. This link leads to it without passing through its
  // parents, and PostgreSQL never leaves the directory that it was started in.
  return user && process.platform === 'linux' ? '/proc/self/cwd' : folder;
}

async function ownerOf(folder: string): Promise<ServerUser> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** Without a name for its user `initdb` gives up. */
async function hasName(uid: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return users.split('\n').some((line) => line.split(':')[2] === String(uid));
}
