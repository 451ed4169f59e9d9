/** API tokens, known by their hashes: whom they speak for, with which role, until when. */
import type { Role } from '../../core/access/role.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { type Actor, recordAct } from './audit.ts';
import { noteUse } from './note-use.ts';

/** Who a request speaks for: a token, or a person who is signed in. `name` goes into timelines. */
export type TokenOwner = { accountId: string; name: string; role: Role } & (
  | { tokenId: string; personId: null }
  | { tokenId: null; personId: string }
);

/** `expiresAt`: an instant, or null for never */
export type NewToken = { name: string; role: Role; expiresAt: string | null };

export type Token = NewToken & {
  tokenId: string;
  /** the one of ADMIN_TOKEN or DATA_DIR/admin-token, which is changed there */
  isFromSettings: boolean;
  /** instants; the last use to a few minutes */
  lastUsedAt: string | null;
  createdAt: string;
};

type TokenRow = {
  token_id: string;
  name: string;
  role: Role;
  is_from_settings: boolean;
  expires_at: string | null;
  last_used_at: string | null;
  created_at: string;
};

const columns = 'token_id, name, role, is_from_settings, expires_at, last_used_at, created_at';

/** Null for one that is unknown, revoked or expired. Notes the use now and then. */
export async function findTokenOwner(
  { pool }: Db,
  tokenHash: Buffer,
  now: string,
): Promise<TokenOwner | null> {
  type Row = Pick<TokenRow, 'token_id' | 'name' | 'role' | 'last_used_at'> & { account_id: string };
  const { rows } = await pool.query<Row>({
    name: 'find-token-owner',
    text: `select account_id, token_id, name, role, last_used_at from api_token
      where token_hash = $1 and (expires_at is null or expires_at > $2)`,
    values: [tokenHash, now],
  });
  const [row] = rows;
  if (row === undefined) return null;
  const note = 'update api_token set last_used_at = $2 where token_hash = $1';
  await noteUse(pool, note, tokenHash, row.last_used_at, now);
  const { account_id: accountId, token_id: tokenId, name, role } = row;
  return { accountId, tokenId, personId: null, name, role };
}

export async function createToken(
  { pool }: Db,
  accountId: string,
  token: NewToken,
  tokenHash: Buffer,
  actor: Actor,
  now: string,
): Promise<Token> {
  return changeSmallTables(pool, async (client) => {
    const made = await insertToken(client, accountId, token, tokenHash, now);
    const { name, role, expiresAt } = token;
    const changes = { role: { from: null, to: role }, expires_at: { from: null, to: expiresAt } };
    const target = { id: made.tokenId, name };
    await recordAct(client, { accountId, actor, action: 'token.created', target, changes }, now);
    return made;
  });
}

/** Without an entry in the audit log: for accounts that are just made. */
export async function insertToken(
  client: Queryable,
  accountId: string,
  { name, role, expiresAt }: NewToken,
  tokenHash: Buffer,
  now: string,
  isFromSettings = false,
): Promise<Token> {
  const { rows } = await client.query<TokenRow>(
    `insert into api_token (token_hash, account_id, token_id, name, role, is_from_settings, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [tokenHash, accountId, makeOrderedId(), name, role, isFromSettings, expiresAt, now],
  );
  if (rows[0] === undefined) throw new Error('an insert returned no row');
  return tokenOf(rows[0]);
}

/** Expired ones too. Newest first. @param before the id that the page before ended with */
export async function listTokens(
  { pool }: Db,
  accountId: string,
  limit: number,
  before: string | null,
): Promise<Page<Token>> {
  const { rows } = await pool.query<TokenRow>(
    `select ${columns} from api_token where account_id = $1 and ($2::uuid is null or token_id < $2::uuid)
     order by token_id desc limit $3`,
    [accountId, before, limit + 1],
  );
  return pageOf(rows.map(tokenOf), limit, ({ tokenId }) => tokenId);
}

/** Ends the token at once, and with it the sessions that it opened. */
export async function revokeToken(
  { pool }: Db,
  accountId: string,
  tokenId: string,
  actor: Actor,
  now: string,
): Promise<'revoked' | 'unknown' | 'from_settings'> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<TokenRow>(
      `select ${columns} from api_token where account_id = $1 and token_id = $2 for update`,
      [accountId, tokenId],
    );
    const [row] = rows;
    if (row === undefined) return 'unknown';
    if (row.is_from_settings) return 'from_settings';
    await client.query('delete from api_token where account_id = $1 and token_id = $2', [accountId, tokenId]);
    const changes = { role: { from: row.role, to: null } };
    const target = { id: tokenId, name: row.name };
    await recordAct(client, { accountId, actor, action: 'token.revoked', target, changes }, now);
    return 'revoked';
  });
}

function tokenOf(row: TokenRow): Token {
  return {
    tokenId: row.token_id,
    name: row.name,
    role: row.role,
    isFromSettings: row.is_from_settings,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    createdAt: row.created_at,
  };
}
