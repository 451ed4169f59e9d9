import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../../log.ts';
import { runProgram } from './process/run-program.ts';

/** The Unix user that PostgreSQL's programs run as; undefined: the one that this process runs as. */
export type ServerUser = { uid: number; gid: number } | undefined;

export const NOBODY = { uid: 65534, gid: 65534 };
/** A system user for the database alone, which root makes where it can. */
const OWN_NAME = 'ringback';

/**
 * PostgreSQL does not run as root. So for root: the owner of the database's files, else of the data folder, else a user of its
 * own. Never `nobody` where that can be helped: other programs run as `nobody` too, and could read the database's files.
 * @param log null only looks, and makes no user
 */
export async function chooseServerUser(dataDir: string, log: Log | null = null): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = await ownerOf(join(dataDir, 'postgres'));
  if (cluster && cluster.uid !== NOBODY.uid) return cluster;
  const owner = await ownerOf(dataDir);
  if (owner && owner.uid !== NOBODY.uid && (await hasName(owner.uid))) return owner;
  if (process.platform === 'darwin') {
    throw new Error(
      `PostgreSQL cannot run as root: start Ringback as an ordinary user that owns ${dataDir}.`,
    );
  }
  const own = (await findUser(OWN_NAME)) ?? (log === null ? undefined : await makeOwnUser());
  if (own === undefined)
    log?.warn(
      `PostgreSQL runs as nobody, as other programs may: make a user for it (useradd --system ${OWN_NAME}), or start Ringback as an ordinary user`,
    );
  return own ?? NOBODY;
}

/** With the programs of Debian, Red Hat, or Alpine. Two starts may do so at once: the user is there in any case. */
async function makeOwnUser(): Promise<ServerUser> {
  const attempts: [string, string[]][] = [
    [
      'useradd',
      [
        '--system',
        '--user-group',
        '--no-create-home',
        '--home-dir',
        '/nonexistent',
        '--shell',
        '/usr/sbin/nologin',
        OWN_NAME,
      ],
    ],
    ['adduser', ['-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', OWN_NAME]],
  ];
  for (const [program, args] of attempts) {
    await runProgram(program, args, { cwd: '/', user: undefined }).catch(() => {});
    const own = await findUser(OWN_NAME);
    if (own !== undefined) return own;
  }
  return undefined;
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
  return (await readUsers()).some((user) => user.uid === uid);
}

async function findUser(name: string): Promise<ServerUser> {
  const found = (await readUsers()).find((user) => user.name === name);
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

async function readUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
