import pg from 'pg';
import { chooseConnection } from './connection.ts';
import { longSession, setUpSession } from './session.ts';

/**
 * A connection for statements that may run for hours, without the time limits of the pools. It ends with its connection, and so with
 * its transaction and its locks, whatever happens.
 */
export async function withLongSession<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...(await chooseConnection(url)), application_name: 'ringback' });
  client.on('error', () => {}); // the statement under way fails with the same; unheard, it would end the process
  await client.connect();
  try {
    await setUpSession(client, longSession);
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
