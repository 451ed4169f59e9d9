import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { makeSecret } from './core/access/secret.ts';
import { makeFolder } from './make-folder.ts';

/** `madeIn`: the file that a new token was just written to; null for one that was there. */
export type AdminToken = { token: string; madeIn: string | null };

const pollMs = 10;
/** Who makes the file writes it at once; one that is still empty then was left by a crash or a full disk. */
const writeMsMax = 1_000;

/**
 * The token from the settings, from DATA_DIR/admin-token, or a new one kept there for its owner alone to read. Of
 * several processes that start at once on one folder, one makes it and the others read it.
 */
export async function ensureAdminToken({ adminToken, dataDir }: Config): Promise<AdminToken> {
  if (adminToken !== null) return { token: adminToken, madeIn: null };
  const file = adminTokenFile(dataDir);
  await makeFolder(dataDir);
  const token = makeSecret('rbt');
  const deadline = performance.now() + writeMsMax;
  for (;;) {
    if (await writeNew(file, `${token}\n`)) return { token, madeIn: file };
    const kept = await readFile(file, 'utf8').catch(() => '');
    if (kept.trim() !== '' && (kept.endsWith('\n') || performance.now() > deadline))
      return { token: kept.trim(), madeIn: null };
    if (performance.now() > deadline) await rm(file, { force: true });
    await sleep(pollMs);
  }
}

/** @returns false when there is such a file */
async function writeNew(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (file === null) return false;
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

export function adminTokenFile(dataDir: string): string {
  return join(dataDir, 'admin-token');
}
