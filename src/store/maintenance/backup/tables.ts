/** Which tables there are, read from the catalog: one that a migration adds is backed up without a change here. */
import type { Queryable } from '../../database/connections/db.ts';
import type { BackupHeader, BackupTable } from './contents.ts';

/** schema_version is left out: a restore writes it by running the migrations. Generated columns generate themselves, and tables of extensions are theirs. */
const readTables = `
select c.relname as name,
  array(select a.attname::text from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum) as columns,
  array(select distinct r.relname::text from pg_constraint k join pg_class r on r.oid = k.confrelid
    where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
from pg_class c
where c.relnamespace = to_regnamespace(current_schema()) and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'schema_version'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relname`;

type TableRow = BackupTable & { parents: string[] };

/** All tables with their columns, each after those that its foreign keys point at. */
export async function listTables(client: Queryable): Promise<BackupTable[]> {
  const { rows } = await client.query<TableRow>(readTables);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const listed = new Map<string, BackupTable>();
  const path = new Set<string>();
  const list = ({ name, columns, parents }: TableRow): void => {
    if (listed.has(name) || path.has(name)) return;
    path.add(name);
    for (const parent of parents) {
      const row = byName.get(parent);
      if (row !== undefined) list(row);
    }
    listed.set(name, { name, columns });
  };
  for (const row of rows) list(row);
  return [...listed.values()];
}

export async function listSequences(client: Queryable): Promise<BackupHeader['sequences']> {
  const { rows } = await client.query<BackupHeader['sequences'][number]>(
    `select sequencename as name, last_value::text from pg_sequences
     where schemaname = current_schema() and last_value is not null order by sequencename`,
  );
  return rows;
}
