/** A backup into an empty database: tables, rows and checks in one transaction, so that it is there whole or not at all. */

import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import tar, { type Extract } from 'tar-stream';
import { withLongSession } from '../../database/connections/long-session.ts';
import { lockMigrations, migrateWithin } from '../../database/migrate.ts';
import { forgetSnapshots } from '../../outgoing/events/follow-timeline.ts';
import { BackupFault } from './backup-fault.ts';
import {
  type BackupHeader,
  type BackupTable,
  type Checksums,
  checksumsName,
  damaged,
  headerName,
  parseChecksums,
  parseHeader,
  type TableSum,
} from './contents.ts';
import { copied } from './copied.ts';
import { listTables } from './tables.ts';

/** The header of a backup: what it is and whether this program can restore it. Reads no further. @throws BackupFault */
export async function readBackupHeader(input: Readable, schemaVersionMax: number): Promise<BackupHeader> {
  return readArchive(input, async (entries) => {
    for await (const entry of entries)
      return headerOf(entry.header.name, await text(entry), schemaVersionMax);
    throw damaged('it is empty');
  });
}

/**
 * Leaves the schema at the version of the backup: migrate it afterwards.
 * @param onTable called for each table that is loaded
 * @throws BackupFault when the database is not empty or the backup not whole; then nothing was changed
 */
export function restoreBackup(
  url: string,
  input: Readable,
  schemaVersionMax: number,
  onTable: (name: string, sum: TableSum) => void,
): Promise<BackupHeader> {
  return withLongSession(url, async (client) => {
    await client.query('begin');
    await lockMigrations(client);
    await expectEmpty(client);
    const header = await readArchive(input, (entries) => loadAll(client, entries, schemaVersionMax, onTable));
    if (header.tables.some(({ name }) => name === 'outgoing_cursor')) await forgetSnapshots(client);
    await client.query('commit');
    await client.query('analyze');
    return header;
  });
}

async function expectEmpty(client: pg.Client): Promise<void> {
  // Views and tables of extensions do not count, such as those of Citus.
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class c
     where relnamespace = to_regnamespace(current_schema()) and relkind in ('r', 'p', 'v', 'm')
       and not exists (select from pg_depend d
         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') limit 1`,
  );
  if (rows[0] === undefined) return;
  throw new BackupFault(
    `The database is not empty (it has ${rows[0].name}), and a restore never overwrites: restore into a DATA_DIR that does not exist yet, or a new database.`,
  );
}

async function loadAll(
  client: pg.Client,
  entries: Extract,
  schemaVersionMax: number,
  onTable: (name: string, sum: TableSum) => void,
): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  let checksums: Checksums | undefined;
  let loader: TableLoader | undefined;
  const loaded = new Map<string, TableSum>();
  const endTable = async () => {
    if (loader === undefined) return;
    const sum = await loader.finish();
    loaded.set(loader.table.name, sum);
    onTable(loader.table.name, sum);
    loader = undefined;
  };
  for await (const entry of entries) {
    const { name } = entry.header;
    if (header === undefined) {
      header = headerOf(name, await text(entry), schemaVersionMax);
      await makeTables(client, header);
    } else if (name === checksumsName) {
      await endTable();
      checksums = parseChecksums(await text(entry));
    } else {
      if (tableOf(name) !== loader?.table.name) {
        await endTable();
        const table = header.tables.find((one) => one.name === tableOf(name));
        if (table === undefined) throw damaged(`it holds something unknown (${name})`);
        loader = new TableLoader(client, table);
      }
      await loader?.load(entry as AsyncIterable<Buffer>); // the types leave out what it reads
    }
  }
  if (header === undefined || checksums === undefined) throw damaged('it breaks off before its end');
  expectWhole(header, checksums, loaded);
  return header;
}

/** `call/000001.copy` is a part of `call`. */
function tableOf(entryName: string): string {
  return entryName.split('/')[0] ?? '';
}

function headerOf(name: string, content: string, schemaVersionMax: number): BackupHeader {
  return parseHeader(name === headerName ? content : '', schemaVersionMax);
}

/** The schema as the backup's was. What the migrations themselves put into tables comes from the backup. */
async function makeTables(client: pg.Client, header: BackupHeader): Promise<void> {
  await migrateWithin(client, header.schema_version);
  const made = await listTables(client);
  const names = made.map(({ name }) => name);
  const missing = header.tables.find(({ name }) => !names.includes(name));
  if (missing !== undefined) {
    throw new BackupFault(`The backup holds a table that is not Ringback’s: ${missing.name}.`);
  }
  await client.query(`truncate ${names.map((name) => pg.escapeIdentifier(name)).join(', ')}`);
  for (const { name, last_value: last } of header.sequences) {
    await client.query('select setval($1::text::regclass, $2)', [pg.escapeIdentifier(name), last]);
  }
}

/** By its bytes alone: backups of earlier versions may state 0 rows of a table that has some. */
function expectWhole(header: BackupHeader, { tables }: Checksums, loaded: Map<string, TableSum>): void {
  const none = { bytes: 0, sha256: createHash('sha256').digest('hex') };
  for (const { name } of header.tables) {
    const [stated, found] = [tables[name], loaded.get(name) ?? none];
    if (stated?.bytes === found.bytes && stated.sha256 === found.sha256) continue;
    throw damaged(`the table ${name} is not what it was when the backup was taken`);
  }
}

/** Sends one table's parts to the database and sums them up on the way. */
class TableLoader {
  readonly table: BackupTable;
  readonly #stream: ReturnType<typeof copyFrom>;
  readonly #done: Promise<void>;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  /** what the database rejected: the stream takes no more after it */
  #rejection: Error | undefined;

  constructor(client: pg.Client, table: BackupTable) {
    this.table = table;
    this.#stream = client.query(copyFrom(`copy ${copied(table)} from stdin`));
    this.#done = finished(this.#stream);
    this.#done.catch(() => {}); // told by load or finish
    this.#stream.once('error', (error) => {
      this.#rejection = error;
    });
  }

  async load(part: AsyncIterable<Buffer>): Promise<void> {
    for await (const piece of part) {
      if (this.#rejection !== undefined) throw this.#rejection;
      this.#hash.update(piece);
      this.#bytes += piece.length;
      await Promise.race([this.#write(piece), this.#done]);
    }
  }

  /** One piece at a time: what the stream still holds when the database rejects a row, it would send to no connection. */
  #write(piece: Buffer): Promise<void> {
    return new Promise((resolve) => void this.#stream.write(piece, () => resolve()));
  }

  async finish(): Promise<TableSum> {
    if (this.#rejection !== undefined) throw this.#rejection;
    this.#stream.end();
    await this.#done;
    return { rows: this.#stream.rowCount, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** Runs `read` on the entries of the archive; what is wrong with the file itself becomes a BackupFault. */
async function readArchive<T>(input: Readable, read: (entries: Extract) => Promise<T>): Promise<T> {
  const entries = tar.extract();
  const unzipped = createGunzip();
  for (const stream of [input, unzipped]) stream.on('error', (error) => entries.destroy(error));
  input.pipe(unzipped).pipe(entries);
  try {
    return await read(entries);
  } catch (error) {
    throw isDamage(error) ? damaged(`${(error as Error).message}`, error) : error;
  } finally {
    input.destroy();
    unzipped.destroy();
    entries.destroy();
  }
}

/** zlib's errors have codes of their own; tar's have none, and come from its own file. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof BackupFault || error instanceof pg.DatabaseError)
    return false;
  const code = 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') || (code === '' && /tar|end of data|entry|header/i.test(error.message));
}
