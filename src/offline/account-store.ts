/** The accounts and tokens of the database of the settings, for commands that run beside a server or without one. */
import { ensureAdminToken } from '../admin-token.ts';
import type { Config } from '../config.ts';
import { hashSecret } from '../core/access/secret.ts';
import type { Log } from '../log.ts';
import { migrate } from '../store/database/migrate.ts';
import { type Account, type Actor, createStore, type Store } from '../store/store.ts';
import { type OpenedDatabase, withDatabase } from './with-database.ts';

export type { Account, Person } from '../store/store.ts';

export type AccountStore = Pick<
  Store,
  | 'addAccount'
  | 'listAccounts'
  | 'createToken'
  | 'listTokens'
  | 'revokeToken'
  | 'invitePerson'
  | 'listPeople'
  | 'changePerson'
  | 'replacePersonLink'
  | 'removePerson'
>;

/** The actor in the audit log. */
export const commandLine: Actor = { name: 'command line', tokenId: null, sourceIp: null };

/** An error in a command line; the message says what to do. */
export class CommandFault extends Error {}

const pageSize = 500;

export function withAccountStore(
  config: Config,
  log: Log,
  work: (store: AccountStore) => Promise<void>,
): Promise<void> {
  return withDatabase(config, log, async (database) => work(await openStore(config, database)));
}

/** A database without tables or accounts is set up as at a first start, so that the first account is the settings' own. */
async function openStore(config: Config, { db, url }: OpenedDatabase): Promise<Store> {
  const store = createStore(db, () => new Date().toISOString());
  const version = await store.schemaVersion();
  if (version === 0) await migrate(url);
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
export async function findAccount(store: AccountStore, wanted: string | undefined): Promise<Account> {
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
