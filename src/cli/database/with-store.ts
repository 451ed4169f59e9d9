/** The store on the database of the settings, for commands that a person runs beside a server or without one. */
import { ensureAdminToken } from '../../admin-token.ts';
import { type Config, readConfig } from '../../config.ts';
import { hashSecret } from '../../core/access/secret.ts';
import { createLog } from '../../log.ts';
import { explainFailure } from '../../offline/explain-failure.ts';
import { type OpenedDatabase, withDatabase } from '../../offline/with-database.ts';
import { migrate } from '../../store/database/migrate.ts';
import { type Account, type Actor, createStore, type Store } from '../../store/store.ts';
import { printError } from '../print.ts';
import { readableLog } from '../readable-log.ts';

/** Who stands in the audit log for what is done here. */
export const commandLine: Actor = { name: 'command line', tokenId: null, sourceIp: null };

/** What a person got wrong; the message says what to do. */
export class CommandFault extends Error {}

const pageSize = 500;

/** Runs `work` and says what went wrong with it. @returns the exit code */
export async function withStore(what: string, work: (store: Store) => Promise<void>): Promise<number> {
  let config: Config | null = null;
  try {
    config = readConfig();
    const log = createLog(
      config.logLevel,
      readableLog((text) => process.stderr.write(text)),
    );
    const settings = config;
    await withDatabase(config, log, async (database) => work(await openStore(settings, database)));
    return 0;
  } catch (error) {
    const { what: why, fix } =
      error instanceof CommandFault ? { what: error.message, fix: null } : explainFailure(error, config);
    printError(`Ringback cannot ${what}. ${why}${fix === null ? '' : `\n${fix}`}`);
    return 1;
  }
}

/** A database without tables or accounts is set up as at a first start, so that the first account is the settings' own. */
async function openStore(config: Config, { db }: OpenedDatabase): Promise<Store> {
  const store = createStore(db, () => new Date().toISOString());
  const version = await store.schemaVersion();
  if (version === 0) await migrate(db.pool);
  else if (version !== store.latestSchemaVersion) {
    throw new CommandFault(
      version > store.latestSchemaVersion
        ? 'The database belongs to a newer Ringback: use that one.'
        : 'The database has the schema of an older Ringback: start this one, or run "npm run ringback -- migrate".',
    );
  }
  if ((await store.findAccount(null)) === null)
    await store.ensureFirstAccount(hashSecret((await ensureAdminToken(config)).token));
  return store;
}

/** All items of a list. */
export async function readAll<T>(
  list: (limit: number, cursor: string | null) => Promise<{ items: T[]; cursor: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; cursor: string | null } = await list(pageSize, cursor);
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null);
  return all;
}

/** @param wanted id or name; undefined: the first account. @throws CommandFault where none or several are meant */
export async function findAccount(store: Store, wanted: string | undefined): Promise<Account> {
  const accounts = await readAll(store.listAccounts);
  const meant = accounts.filter(
    ({ accountId, name }, at) =>
      (wanted === undefined && at === 0) || accountId === wanted || name === wanted,
  );
  const [account] = meant;
  if (account !== undefined && meant.length === 1) return account;
  throw new CommandFault(
    meant.length > 1
      ? `Several accounts have the name ${wanted}: give one by its id, which "ringback account list" shows.`
      : `There is no account ${wanted}: "ringback account list" shows all.`,
  );
}
