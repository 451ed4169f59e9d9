import pg from 'pg';
import { type Config, ConfigError } from '../config.ts';
import { reasonOf } from '../core/values/text/reason.ts';
import { DataDirInUse } from '../store/database/embedded/data-dir-lock.ts';
import { ConnectionFault, isConnectionFailure } from '../store/database/failure.ts';
import { PostgresTooOld, SchemaTooNew } from '../store/database/migrate.ts';
import { BackupFault } from '../store/maintenance/backup/backup-fault.ts';
import { NotDistributed } from '../store/maintenance/distribute.ts';

/** `fix` is null where `what` already says what to do. */
export type Explained = { what: string; fix: string | null };

const selfExplanatory = [
  ConfigError,
  ConnectionFault,
  SchemaTooNew,
  PostgresTooOld,
  DataDirInUse,
  BackupFault,
  NotDistributed,
];
const askDoctor = 'Run "npm run ringback -- doctor" to see what to fix.';

/** What an operation failed of, in words that name settings, and what to do about it. Never shows a password. */
export function explainFailure(error: unknown, config: Config | null): Explained {
  const what = reasonOf(error);
  if (selfExplanatory.some((kind) => error instanceof kind)) return { what, fix: null };
  if (config === null) return { what, fix: askDoctor };
  const failure = { ...systemFailureOf(error), reported: what.replace(/\.$/, '') };
  return (
    explainListening(failure, config) ??
    explainFile(failure, config) ??
    explainDatabase(error, failure, config) ?? { what, fix: askDoctor }
  );
}

/** Where the database is, without user and password. */
export function describeDatabase({ databaseUrl, dataDir }: Config): string {
  if (databaseUrl === null) return `the embedded PostgreSQL in ${dataDir}`;
  if (!URL.canParse(databaseUrl)) return 'the PostgreSQL of DATABASE_URL';
  const { hostname, port, pathname } = new URL(databaseUrl);
  const host = decodeURIComponent(hostname) || 'localhost';
  const name = decodeURIComponent(pathname.slice(1));
  return `PostgreSQL at ${host}${port === '' ? '' : `:${port}`}${name === '' ? '' : ` (database ${name})`}`;
}

type SystemFailure = {
  code: string;
  syscall: string;
  path: string;
  hostname: string;
  /** the error's own words, without a full stop at the end */
  reported: string;
};

function explainListening({ code, syscall, hostname }: SystemFailure, config: Config): Explained | null {
  const { host, port } = config;
  if (code === 'EADDRINUSE') {
    return {
      what: `Port ${port} of ${host} is in use by another program.`,
      fix: 'Stop that program, or set PORT to another port.',
    };
  }
  if (syscall === 'listen' && code === 'EACCES') {
    return {
      what: `This user may not listen on port ${port}.`,
      fix: 'Set PORT to 1024 or more, or put a reverse proxy in front.',
    };
  }
  if (code === 'EADDRNOTAVAIL' || (syscall === 'getaddrinfo' && hostname === host)) {
    return {
      what: `HOST ${host} is no address of this machine.`,
      fix: 'Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (all its addresses).',
    };
  }
  return null;
}

function explainFile(
  { code, syscall, path, reported }: SystemFailure,
  { dataDir }: Config,
): Explained | null {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return { what: reported, fix: 'Make room on the disk of DATA_DIR.' };
  const isUnusable = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code);
  const takesNoFolder = syscall === 'mkdir' && code === 'ENOENT'; // its parent is there
  if (path === '' || !(isUnusable || takesNoFolder)) return null;
  const uid = process.getuid?.();
  const user = uid === undefined ? 'this user' : `user ${uid}`;
  return {
    what: `Cannot use ${path}: ${reported}.`,
    fix: `Set DATA_DIR to a folder that ${user} can write, or see to it that ${dataDir} exists and belongs to ${user}.`,
  };
}

function explainDatabase(
  error: unknown,
  { code, reported }: SystemFailure,
  config: Config,
): Explained | null {
  if (config.databaseUrl === null) return null;
  const where = describeDatabase(config);
  if (error instanceof pg.DatabaseError) {
    const what = `${where} says: ${reported}.`;
    switch (error.code) {
      case '28P01':
      case '28000':
        return { what, fix: 'Check user and password in DATABASE_URL, and the server’s pg_hba.conf.' };
      case '3D000':
        return { what, fix: 'Make that database (createdb), or correct the name in DATABASE_URL.' };
      case '42501':
        return {
          what,
          fix: 'Let the user of DATABASE_URL own the database, or grant it "create on schema public".',
        };
    }
    return { what, fix: askDoctor };
  }
  if (isConnectionFailure(error) || code.startsWith('ECONN')) {
    return {
      what: `${where} does not answer: ${reported}.`,
      fix: 'See that it runs, and that DATABASE_URL is right.',
    };
  }
  if (/SSL|certificate|self-signed/i.test(reported)) {
    return {
      what: `${where}: ${reported}.`,
      fix: 'Set sslmode and sslrootcert in DATABASE_URL to what the server offers: see docs/operations.md, “A PostgreSQL of your own”.',
    };
  }
  return null;
}

/** From the error's own properties, or its message where it came from another process: `listen EADDRINUSE: …`. */
function systemFailureOf(error: unknown): Omit<SystemFailure, 'reported'> {
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const found = /^(?<syscall>\w+) (?<code>E[A-Z_]+)\b/.exec(
    first instanceof Error ? first.message : '',
  )?.groups;
  const read = (name: string) =>
    first instanceof Error && name in first
      ? String((first as Error & Record<string, unknown>)[name]) // `in` says so
      : (found?.[name] ?? '');
  return { code: read('code'), syscall: read('syscall'), path: read('path'), hostname: read('hostname') };
}
