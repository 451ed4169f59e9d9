/**
 * A backup of a database that may be in use: every table as it stood at one moment. It is a tar archive, compressed
 * with gzip, of PostgreSQL's own text format for COPY, so that tar, gzip and psql can read it without Ringback.
 */

import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import tar, { type Pack } from 'tar-stream';
import { withLongSession } from '../../database/connections/long-session.ts';
import { readSchemaVersion } from '../../database/migrate.ts';
import { BackupFault } from './backup-fault.ts';
import {
  type BackupHeader,
  type BackupTable,
  type Checksums,
  checksumsName,
  formatVersion,
  headerName,
  type TableSum,
} from './contents.ts';
import { copied } from './copied.ts';
import { listSequences, listTables } from './tables.ts';

/** A tar entry tells its size before its bytes: a table is cut into parts of this size, which bound the memory. */
const partBytes = 4 * 2 ** 20;
/** Twice as fast as the default for a tenth more bytes. */
const gzipLevel = 1;

export type BackupOptions = {
  url: string;
  /** of this program, for the header */
  ringback: string;
  /** the instant of the snapshot; asked when it is made */
  takenAt(): string;
  /** called for each table that is done */
  onTable(name: string, sum: TableSum): void;
};

/** @returns the header, when all is written to `out`, which is ended. @throws BackupFault, and what `out` throws */
export function writeBackup(options: BackupOptions, out: Writable): Promise<BackupHeader> {
  return withLongSession(options.url, async (client) => {
    const header = await beginSnapshot(client, options);
    const pack = tar.pack();
    const packing = packAll(client, pack, header, options).catch((error: Error) => pack.destroy(error));
    // Of an error in the middle this is the one that tells, whichever side it came from.
    await pipeline(pack, createGzip({ level: gzipLevel }), out);
    await packing;
    return header;
  });
}

/** Locks first, then looks: no migration can come between what the snapshot shows and what is copied. */
async function beginSnapshot(client: pg.Client, { ringback, takenAt }: BackupOptions): Promise<BackupHeader> {
  const names = (await listTables(client)).map(({ name }) => pg.escapeIdentifier(name));
  await client.query('begin transaction isolation level repeatable read, read only');
  // On Citus: one session on each worker, and so one snapshot of all accounts that it has. Elsewhere it means nothing.
  await client.query('set local citus.max_adaptive_executor_pool_size = 1');
  if (names.length > 0) await client.query(`lock table ${names.join(', ')} in access share mode`);
  const version = await readSchemaVersion(client);
  if (version === 0) throw new BackupFault('There is nothing to back up: the database has no tables yet.');
  const tables = await listTables(client);
  // Outside of every snapshot, and so at least as high as the rows of this one.
  const sequences = await listSequences(client);
  return { format: formatVersion, ringback, schema_version: version, taken_at: takenAt(), tables, sequences };
}

async function packAll(
  client: pg.Client,
  pack: Pack,
  header: BackupHeader,
  { onTable }: BackupOptions,
): Promise<void> {
  await addEntry(pack, headerName, jsonBytes(header));
  const checksums: Checksums = { tables: {} };
  for (const table of header.tables) {
    const sum = await packTable(client, pack, table);
    checksums.tables[table.name] = sum;
    onTable(table.name, sum);
  }
  await addEntry(pack, checksumsName, jsonBytes(checksums));
  pack.finalize();
}

async function packTable(client: pg.Client, pack: Pack, table: BackupTable): Promise<TableSum> {
  const rows = client.query(copyTo(`copy ${copied(table)} to stdout`));
  const hash = createHash('sha256');
  let bytes = 0;
  let parts = 0;
  for await (const part of inParts(rows)) {
    hash.update(part);
    bytes += part.length;
    parts += 1;
    await addEntry(pack, `${table.name}/${String(parts).padStart(6, '0')}.copy`, part);
  }
  // How many they were is told behind the rows, and may come later: it is there when the next statement is answered.
  await client.query('select');
  return { rows: rows.rowCount, bytes, sha256: hash.digest('hex') };
}

async function* inParts(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const piece of rows) {
    gathered.push(piece);
    size += piece.length;
    if (size < partBytes) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(gathered);
}

/** Resolves when the archive has room for the next one. */
function addEntry(pack: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry({ name, size: content.length }, content, (error) => (error ? reject(error) : resolve()));
  });
}

function jsonBytes(value: BackupHeader | Checksums): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
}
