import pg from 'pg';
import { SOCKET_PORT } from './settings.ts';

/** The superuser, the first database, and so the owner of everything. */
export const ROLE = 'ringback';
const UNKNOWN_DATABASE = '3D000';

/** For `pg` and every libpq program. Port and sslmode are spelled out: else PGPORT and PGSSLMODE would count. */
export function databaseUrl(socketFolder: string): string {
  return `postgresql://${ROLE}@${encodeURIComponent(socketFolder)}:${SOCKET_PORT}/${ROLE}?sslmode=disable`;
}

/** Makes the database of the URL if it does not exist. The role exists since `initdb`: it is the superuser. */
export async function ensureDatabase(url: string): Promise<void> {
  try {
    await query(url, 'select 1');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === UNKNOWN_DATABASE)) throw error;
    const maintenance = new URL(url);
    maintenance.pathname = '/postgres';
    await query(maintenance.href, `create database ${ROLE}`);
  }
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {}); // its query fails with the same; unheard, it would end the process
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
