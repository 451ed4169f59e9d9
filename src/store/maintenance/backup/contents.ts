/** What a backup contains beside the rows: its first and its last entry, both JSON. */
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { BackupFault } from './backup-fault.ts';

/** Goes up when an older program could not read the archive. */
export const formatVersion = 1;
export const headerName = 'ringback-backup.json';
export const checksumsName = 'checksums.json';

const header = Type.Object({
  format: Type.Integer(),
  /** of the program that took it */
  ringback: Type.String(),
  schema_version: Type.Integer({ minimum: 1 }),
  /** instant of the snapshot */
  taken_at: Type.String(),
  /** in the order of the archive: a table comes after those that its foreign keys point at */
  tables: Type.Array(Type.Object({ name: Type.String(), columns: Type.Array(Type.String()) })),
  /** the last number that each gave, as text; those that gave none are left out */
  sequences: Type.Array(Type.Object({ name: Type.String(), last_value: Type.String({ pattern: '^\\d+$' }) })),
});
const tableSum = Type.Object({ rows: Type.Integer(), bytes: Type.Integer(), sha256: Type.String() });
const checksums = Type.Object({ tables: Type.Record(Type.String(), tableSum) });

export type BackupHeader = Static<typeof header>;
export type BackupTable = BackupHeader['tables'][number];
/** Of one table: its rows, and the bytes of all its parts together. */
export type TableSum = Static<typeof tableSum>;
export type Checksums = Static<typeof checksums>;

/** @throws BackupFault for anything but the header of a backup that this program can read */
export function parseHeader(text: string, schemaVersionMax: number): BackupHeader {
  const read = parse(header, text);
  if (read === null) throw new BackupFault('This is no backup of Ringback.');
  const { format, schema_version: version, ringback } = read;
  if (format > formatVersion || version > schemaVersionMax) {
    throw new BackupFault(
      `This backup was taken by a newer Ringback (${ringback}): its schema has version ${version}, and this one knows ${schemaVersionMax}. Restore it with that version or a later one.`,
    );
  }
  return read;
}

/** @throws BackupFault */
export function parseChecksums(text: string): Checksums {
  const read = parse(checksums, text);
  if (read === null) throw damaged('its checksums cannot be read');
  return read;
}

export function damaged(why: string, cause?: unknown): BackupFault {
  return new BackupFault(`This backup is damaged: ${why}. Use another one.`, { cause });
}

function parse<Schema extends TSchema>(schema: Schema, text: string): Static<Schema> | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? value : null;
  } catch {
    return null;
  }
}
