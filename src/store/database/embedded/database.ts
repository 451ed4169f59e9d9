import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { APP_ROLE, DATABASE } from './roles.ts';
import { SOCKET_PORT } from './settings.ts';

/** For `pg` and every libpq program. Port and sslmode are explicit: else PGPORT and PGSSLMODE would count. */
export function databaseUrl(socketFolder: string, password: string): string {
  return `postgresql://${APP_ROLE}:${password}@${encodeURIComponent(socketFolder)}:${SOCKET_PORT}/${DATABASE}?sslmode=disable`;
}

/** Where the password of the application's role is, for the user of Ringback alone to read. */
export function passwordFile(dataDir: string): string {
  return join(dataDir, 'database-password');
}

/** The password in DATA_DIR/database-password, which is made if there is none. Only for the holder of the folder's lock. */
export async function ensurePassword(dataDir: string): Promise<string> {
  const kept = await readPassword(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (/^[0-9a-f]{64}$/.test(kept)) return kept;
  const password = randomBytes(32).toString('hex');
  const file = await open(passwordFile(dataDir), 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${password}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return password;
}

export async function readPassword(dataDir: string): Promise<string> {
  return (await readFile(passwordFile(dataDir), 'utf8')).trim();
}

const databaseMissing = '3D000';
/** Codes of authentication failures: the role is missing, or has another password. */
const notAuthenticated = ['28P01', '28000'];

/** False when the server does not know role, password or database of the URL: then the roles must be set up. */
export async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // its query fails with the same; unheard, it would end the process
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
    if (code === databaseMissing || notAuthenticated.includes(code)) return false;
    throw error;
  } finally {
    await client.end().catch(() => {}); // one that did not connect has ended already
  }
}
