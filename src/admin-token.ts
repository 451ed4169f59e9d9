import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { makeSecret } from './http/secret.ts';

/** `madeIn`: the file that a new token was just written to; null for one that was there. */
export type AdminToken = { token: string; madeIn: string | null };

/** The token from the settings, from DATA_DIR/admin-token, or a new one kept there for its owner alone to read. */
export async function ensureAdminToken({ adminToken, dataDir }: Config): Promise<AdminToken> {
  if (adminToken !== null) return { token: adminToken, madeIn: null };
  const file = adminTokenFile(dataDir);
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return { token: kept.trim(), madeIn: null };
  const token = makeSecret('rbt');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return { token, madeIn: file };
}

export function adminTokenFile(dataDir: string): string {
  return join(dataDir, 'admin-token');
}
