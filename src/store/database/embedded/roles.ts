/**
 * Who may log in to the embedded database: one role without superuser rights, with a password. The superuser that `initdb`
 * makes has no password and no line in pg_hba.conf: only PostgreSQL's single-user mode, run by the files' owner, acts as it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { programEnv } from './process/run-program.ts';
import { pathFor, type ServerUser } from './server-user.ts';

/** The superuser. */
export const ROLE = 'ringback';
/** Owns the database and its tables, and nothing else. */
export const APP_ROLE = 'ringback_app';
export const DATABASE = 'ringback';

type Cluster = { folder: string; binaries: Binaries; user: ServerUser };

const hostBasedAuthentication = `# Written by Ringback at every start: changes are lost.
local all ${APP_ROLE} scram-sha-256
`;

/** Replaces the rules of who may log in. Data folders of earlier versions let in every process that reached the socket. */
export async function writeLoginRules({ folder, user }: Pick<Cluster, 'folder' | 'user'>): Promise<void> {
  const path = join(folder, 'pg_hba.conf');
  if ((await readFile(path, 'utf8').catch(() => '')) === hostBasedAuthentication) return;
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(hostBasedAuthentication);
    await file.sync();
  } finally {
    await file.close();
  }
  if (user) await chown(fresh, user.uid, user.gid);
  await rename(fresh, path);
}

/**
 * Makes the application's role with this password, the database, and gives the role what earlier versions made as superuser.
 * Only while no server runs on the folder. May be repeated.
 */
export async function setUpRoles(cluster: Cluster, password: string): Promise<void> {
  await runAsSuperuser(cluster, 'postgres', [
    `do $$ begin if not exists (select from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE}; end if; end $$`,
    `alter role ${APP_ROLE} login nosuperuser nocreaterole nobypassrls noreplication password '${password}'`,
    `create database ${DATABASE}`, // fails where it exists, which is right
    `alter database ${DATABASE} owner to ${APP_ROLE}`,
  ]);
  await runAsSuperuser(cluster, DATABASE, [giveTables]);
}

/** The schema `public` belongs to the database's owner already. Sequences of a column go with their table. */
const giveTables = `do $$ declare item record; begin
  for item in select oid::regclass as name, relkind from pg_class where relnamespace = 'public'::regnamespace
    and relowner <> '${APP_ROLE}'::regrole and relkind in ('r', 'p', 'v', 'm', 'S')
    and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype in ('a', 'i', 'e'))
  loop
    execute format('alter %s %s owner to ${APP_ROLE}',
      case item.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, item.name);
  end loop;
  for item in select oid::regprocedure as name from pg_proc where pronamespace = 'public'::regnamespace
    and proowner <> '${APP_ROLE}'::regrole
  loop
    execute format('alter routine %s owner to ${APP_ROLE}', item.name);
  end loop;
end $$`;

/** Runs statements in single-user mode. One that fails is passed by; the caller checks the result. */
export async function runAsSuperuser(
  { folder, binaries, user }: Cluster,
  database: string,
  statements: string[],
): Promise<void> {
  const stalePid = Number.parseInt(
    await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => ''),
    10,
  );
  const child = spawn(
    binaries.postgres,
    ['--single', '-D', pathFor(user, folder), '-c', 'log_min_error_statement=panic', database],
    {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...programEnv, ...(stalePid > 0 && { PG_GRANDPARENT_PID: String(stalePid) }) },
      ...user,
    },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2_000);
  });
  child.stdin.on('error', () => {}); // it ended early: its exit code tells
  child.stdin.end(statements.map((one) => `${one.replaceAll('\n', ' ')}\n`).join(''));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`PostgreSQL could not set up its roles in ${folder}: ${output.trim()}`);
}
