import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { adminTokenFile } from '../admin-token.ts';
import type { Config } from '../config.ts';
import { findBinaries } from '../store/database/embedded/binaries.ts';
import { clusterFolder } from '../store/database/embedded/cluster.ts';
import { chooseServerUser } from '../store/database/embedded/server-user.ts';
import { explainFailure } from './explain-failure.ts';
import type { Finding } from './finding.ts';

const nodeMajorMin = 24;
const gigabyte = 1e9;
/** Beside its tables PostgreSQL keeps up to 4 GB of write-ahead log (embedded/settings.ts: max_wal_size). */
const freeBytesWanted = 6 * gigabyte;
/** Below this even a quiet server soon stops. */
const freeBytesMin = 0.5 * gigabyte;

export function checkNode(): Finding {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= nodeMajorMin) return { level: 'ok', subject: 'Node.js', says: node };
  const fix = `Run it through npm, which brings Node.js ${nodeMajorMin}, or update Node.js.`;
  return { level: 'FAIL', subject: 'Node.js', says: `${node} is too old`, fix };
}

export async function checkDataDir(config: Config): Promise<Finding> {
  const { dataDir } = config;
  const subject = 'data folder';
  const folder = await nearestFolder(dataDir);
  try {
    const found = await stat(folder);
    if (!found.isDirectory()) {
      const fix = 'Set DATA_DIR to a folder, or to a path where one can be made.';
      return { level: 'FAIL', subject, says: `${folder} is a file`, fix };
    }
    await access(folder, constants.W_OK | constants.X_OK);
    if (folder !== dataDir) {
      return { level: 'ok', subject, says: `${dataDir} will be made at the first start, in ${folder}` };
    }
    return await checkOwners(config, found.uid);
  } catch (error) {
    const { what, fix } = explainFailure(error, config);
    return { level: 'FAIL', subject, says: what, ...(fix !== null && { fix }) };
  }
}

/** PostgreSQL uses its files only as the user that they belong to, and the admin token is for its owner alone. */
async function checkOwners({ dataDir }: Config, ownerUid: number): Promise<Finding> {
  const subject = 'data folder';
  const self = process.getuid?.();
  const cluster = await stat(clusterFolder(dataDir)).catch(() => undefined);
  if (cluster !== undefined && self !== 0 && cluster.uid !== self) {
    const says = `${clusterFolder(dataDir)} belongs to user ${cluster.uid}, and this is user ${self}`;
    const fix = `Start as user ${cluster.uid}, or give it to this one with chown -R.`;
    return { level: 'FAIL', subject, says, fix };
  }
  const tokenFile = adminTokenFile(dataDir);
  const token = await stat(tokenFile).catch(() => undefined);
  if (token !== undefined && (token.mode & 0o077) !== 0) {
    const fix = `chmod 600 ${tokenFile}`;
    return { level: 'warn', subject, says: `others on this machine can read ${tokenFile}`, fix };
  }
  const database = cluster === undefined ? '' : `; the database in it, to user ${cluster.uid}`;
  return { level: 'ok', subject, says: `${dataDir} is writable and belongs to user ${ownerUid}${database}` };
}

export async function checkDisk({ dataDir, databaseUrl }: Config): Promise<Finding> {
  const subject = 'disk';
  const freeBytes = await readFreeBytes(dataDir);
  if (freeBytes === null) return { level: 'warn', subject, says: 'not checked: the data folder comes first' };
  const says = `${(freeBytes / gigabyte).toFixed(1)} GB free for ${dataDir}`;
  if (databaseUrl !== null || freeBytes >= freeBytesWanted) return { level: 'ok', subject, says };
  const fix = 'Make room: the embedded PostgreSQL keeps up to 4 GB of log beside its tables.';
  return { level: freeBytes < freeBytesMin ? 'FAIL' : 'warn', subject, says, fix };
}

/** Null for a folder that this user may not look at. */
async function readFreeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(await nearestFolder(folder));
    return bavail * bsize;
  } catch {
    return null;
  }
}

export async function checkBinaries(config: Config): Promise<Finding> {
  const subject = 'PostgreSQL';
  if (config.databaseUrl !== null) {
    return { level: 'ok', subject, says: 'the embedded one is not used: DATABASE_URL is set' };
  }
  try {
    const user = await chooseServerUser(config.dataDir);
    const { major } = await findBinaries(user);
    const as = user === undefined ? '' : `, run as user ${user.uid}, because PostgreSQL does not run as root`;
    return {
      level: 'ok',
      subject,
      says: `${major}, embedded, for ${process.platform}-${process.arch}${as}`,
    };
  } catch (error) {
    return { level: 'FAIL', subject, says: explainFailure(error, config).what };
  }
}

/** The path, or the nearest one above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return exists || path === dirname(path) ? path : nearestFolder(dirname(path));
}
