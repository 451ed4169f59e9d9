import { makeOrderedId } from '../../ordered-id.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { type Actor, changesBetween, markOf, recordAct } from './audit.ts';
import { insertToken, type NewToken } from './tokens.ts';

export type Account = {
  accountId: string;
  name: string;
  timeZone: string;
  defaultCountry: string;
  twilioAuthToken: string | null;
};

/** What is left out has its default. */
export type NewAccount = { name: string; timeZone?: string; defaultCountry?: string };

/** `createdAt`: instant */
export type ListedAccount = Account & { createdAt: string };

export type AccountChanges = Partial<Omit<Account, 'accountId'>>;

type AccountRow = {
  account_id: string;
  name: string;
  time_zone: string;
  default_country: string;
  twilio_auth_token: string | null;
};

const accountColumns = 'account_id, name, time_zone, default_country, twilio_auth_token';

/** Makes an account with one API token of its owner, known by its hash. */
export async function createAccount(
  client: Queryable,
  name: string,
  tokenHash: Buffer,
  now: string,
  isOfSettings = false,
): Promise<string> {
  const accountId = makeOrderedId();
  await client.query(
    'insert into account (account_id, name, created_at, updated_at) values ($1, $2, $3, $3)',
    [accountId, name, now],
  );
  await insertToken(client, accountId, ownerToken, tokenHash, now, isOfSettings);
  return accountId;
}

const ownerToken: NewToken = { name: 'owner', role: 'owner', expiresAt: null };

/** A further account. The act is in its own audit log. */
export async function addAccount(
  { pool }: Db,
  { name, timeZone, defaultCountry }: NewAccount,
  tokenHash: Buffer,
  actor: Actor,
  now: string,
): Promise<ListedAccount> {
  return changeSmallTables(pool, async (client) => {
    const accountId = await createAccount(client, name, tokenHash, now);
    const { rows } = await client.query<AccountRow & { created_at: string }>(
      `update account set time_zone = coalesce($2, time_zone), default_country = coalesce($3, default_country)
       where account_id = $1 returning ${accountColumns}, created_at`,
      [accountId, timeZone ?? null, defaultCountry ?? null],
    );
    if (rows[0] === undefined) throw new Error('an account that was just made is gone');
    const { created_at: createdAt, ...row } = rows[0];
    const changes = changesBetween({}, auditedOf(row));
    const target = { id: accountId, name };
    await recordAct(client, { accountId, actor, action: 'account.created', target, changes }, now);
    return { ...accountOf(row), createdAt };
  });
}

/** All accounts: the installation's own, then the others, oldest first. @param after the id that the page before ended with */
export async function listAccounts(
  { pool }: Db,
  limit: number,
  after: string | null,
): Promise<Page<ListedAccount>> {
  const { rows } = await pool.query<AccountRow & { created_at: string }>(
    `with placed as (
       select a.*, not exists (select from installation where first_account_id = a.account_id) as is_other from account a)
     select ${accountColumns}, created_at from placed
     where $1::uuid is null or (is_other, created_at, account_id) > (select is_other, created_at, account_id from placed where account_id = $1)
     order by is_other, created_at, account_id limit $2`,
    [after, limit + 1],
  );
  const accounts = rows.map(({ created_at: createdAt, ...row }) => ({ ...accountOf(row), createdAt }));
  return pageOf(accounts, limit, ({ accountId }) => accountId);
}

/**
 * Sees to it that there is a first account, and that the token of the settings is its owner's.
 * Safe when several processes start at once.
 */
export async function ensureFirstAccount(client: Queryable, tokenHash: Buffer, now: string): Promise<void> {
  await client.query('lock table account in share row exclusive mode');
  const first = await findAccount(client, null);
  if (first === null) {
    const accountId = await createAccount(client, 'Ringback', tokenHash, now, true);
    await client.query('insert into installation (first_account_id) values ($1)', [accountId]);
    return;
  }
  const { accountId } = first;
  await client.query(
    'delete from api_token where account_id = $1 and is_from_settings and token_hash <> $2',
    [accountId, tokenHash],
  );
  const { rowCount } = await client.query(
    `update api_token set account_id = $1, name = 'owner', role = 'owner', is_from_settings = true, expires_at = null
     where token_hash = $2`,
    [accountId, tokenHash],
  );
  if (rowCount === 0) await insertToken(client, accountId, ownerToken, tokenHash, now, true);
}

/** An account by its id (a uuid); the installation's own for null. */
export async function findAccount(client: Queryable, accountId: string | null): Promise<Account | null> {
  const { rows } = await client.query<AccountRow>(
    accountId === null
      ? `select ${accountColumns} from account where account_id = (select first_account_id from installation)`
      : `select ${accountColumns} from account where account_id = $1`,
    accountId === null ? [] : [accountId],
  );
  return rows[0] === undefined ? null : accountOf(rows[0]);
}

/** Changes the account, and its revision with it: requests that were read with the old settings are read again. */
export async function changeAccount(
  { pool }: Db,
  accountId: string,
  changes: AccountChanges,
  actor: Actor,
  now: string,
): Promise<Account> {
  return changeSmallTables(pool, async (client) => {
    const { rows: before } = await client.query<AccountRow>(
      `select ${accountColumns} from account where account_id = $1 for no key update`,
      [accountId],
    );
    const { rows: after } = await client.query<AccountRow>(
      `update account set name = coalesce($2, name), time_zone = coalesce($3, time_zone),
         default_country = coalesce($4, default_country),
         twilio_auth_token = case when $5 then $6 else twilio_auth_token end,
         revision = revision + 1, updated_at = $7
       where account_id = $1 returning ${accountColumns}`,
      [
        accountId,
        changes.name ?? null,
        changes.timeZone ?? null,
        changes.defaultCountry ?? null,
        changes.twilioAuthToken !== undefined,
        changes.twilioAuthToken ?? null,
        now,
      ],
    );
    if (before[0] === undefined || after[0] === undefined)
      throw new Error(`there is no account ${accountId}`);
    const changed = changesBetween(auditedOf(before[0]), auditedOf(after[0]));
    const [from, to] = [before[0].twilio_auth_token, after[0].twilio_auth_token];
    if (from !== to) changed['twilio_auth_token'] = { from: markOf(from), to: markOf(to) };
    const target = { id: accountId, name: after[0].name };
    if (Object.keys(changed).length > 0)
      await recordAct(client, { accountId, actor, action: 'account.changed', target, changes: changed }, now);
    return accountOf(after[0]);
  });
}

/** What the audit log may show. */
function auditedOf({ account_id: _id, twilio_auth_token: secret, ...row }: AccountRow) {
  return { ...row, twilio_auth_token: markOf(secret) };
}

function accountOf(row: AccountRow): Account {
  return {
    accountId: row.account_id,
    name: row.name,
    timeZone: row.time_zone,
    defaultCountry: row.default_country,
    twilioAuthToken: row.twilio_auth_token,
  };
}
