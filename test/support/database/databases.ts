/** Databases of a server by their addresses. */
import pg from 'pg';

const pathOfUrl = /\/([^/?]+)(\?.*)?$/;

export function databaseOf(url: string): string {
  return pathOfUrl.exec(url)?.[1] ?? '';
}

export function withDatabase(url: string, name: string): string {
  return url.replace(pathOfUrl, (_all, _name, query = '') => `/${name}${query}`);
}

/** Runs one statement on a separate connection. */
export async function runOn(connectionString: string, sql: string): Promise<void> {
  await readFrom(connectionString, sql);
}

export async function readFrom(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}
