import pg from 'pg';

/** `"call" ("account_id", "call_log_id")`: what a COPY reads or writes. */
export function copied({ name, columns }: { name: string; columns: string[] }): string {
  return `${pg.escapeIdentifier(name)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
}
