import { makeOrderedId } from '../ordered-id.ts';
import type { Db, Queryable } from './db.ts';

export type Account = {
  accountId: string;
  name: string;
  timeZone: string;
  defaultCountry: string;
  twilioAuthToken: string | null;
};

export type AccountChanges = Partial<Omit<Account, 'accountId'>>;

/** Who an API token speaks for. `name` goes into timelines. */
export type TokenOwner = { accountId: string; name: string };

type AccountRow = {
  account_id: string;
  name: string;
  time_zone: string;
  default_country: string;
  twilio_auth_token: string | null;
};

const accountColumns = 'account_id, name, time_zone, default_country, twilio_auth_token';

/** Makes an account with one API token, known by its hash. */
export async function createAccount(
  client: Queryable,
  name: string,
  tokenHash: Buffer,
  now: string,
): Promise<string> {
  const accountId = makeOrderedId();
  await client.query(
    'insert into account (account_id, name, created_at, updated_at) values ($1, $2, $3, $3)',
    [accountId, name, now],
  );
  await client.query(
    'insert into api_token (token_hash, account_id, name, created_at) values ($1, $2, $3, $4)',
    [tokenHash, accountId, 'owner', now],
  );
  return accountId;
}

/**
 * Sees to it that there is a first account and that its owner's token is this one, and no other.
 * Safe when several processes start at once.
 */
export async function ensureFirstAccount(client: Queryable, tokenHash: Buffer, now: string): Promise<void> {
  await client.query('lock table account in share row exclusive mode');
  const first = await findAccount(client, null);
  if (first === null) {
    await createAccount(client, 'Ringback', tokenHash, now);
    return;
  }
  await client.query(`delete from api_token where account_id = $1 and name = 'owner' and token_hash <> $2`, [
    first.accountId,
    tokenHash,
  ]);
  await client.query(
    `insert into api_token (token_hash, account_id, name, created_at) values ($1, $2, 'owner', $3) on conflict do nothing`,
    [tokenHash, first.accountId, now],
  );
}

/** An account by its id (a uuid); the first one made for null. */
export async function findAccount(client: Queryable, accountId: string | null): Promise<Account | null> {
  const { rows } = await client.query<AccountRow>(
    accountId === null
      ? `select ${accountColumns} from account order by created_at, account_id limit 1`
      : `select ${accountColumns} from account where account_id = $1`,
    accountId === null ? [] : [accountId],
  );
  return rows[0] === undefined ? null : accountOf(rows[0]);
}

export async function findTokenOwner({ pool }: Db, tokenHash: Buffer): Promise<TokenOwner | null> {
  const { rows } = await pool.query<{ account_id: string; name: string }>({
    name: 'find-token-owner',
    text: 'select account_id, name from api_token where token_hash = $1',
    values: [tokenHash],
  });
  return rows[0] === undefined ? null : { accountId: rows[0].account_id, name: rows[0].name };
}

/** Changes the account, and its revision with it: requests that were read with the old settings are read again. */
export async function changeAccount(
  { pool }: Db,
  accountId: string,
  changes: AccountChanges,
  now: string,
): Promise<Account> {
  const { rows } = await pool.query<AccountRow>(
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
  if (rows[0] === undefined) throw new Error(`there is no account ${accountId}`);
  return accountOf(rows[0]);
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
