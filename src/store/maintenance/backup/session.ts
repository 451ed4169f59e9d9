import pg from 'pg';

/**
 * A connection for statements that may run for hours, without the time limits of the pools. Instants and bytes are
 * spelled in one way, whatever the server is set to.
 */
const options =
  '-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';

/** Ends with its connection, and so with its transaction, whatever happens. */
export async function withSession<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'ringback backup', options });
  client.on('error', () => {}); // the statement under way fails with the same; unheard, it would end the process
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** `"call" ("account_id", "call_log_id")`: what a COPY reads or writes. */
export function copied({ name, columns }: { name: string; columns: string[] }): string {
  return `${pg.escapeIdentifier(name)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}
