/** How people sign in: the links that set a password, and the passwords. */
import type { Role } from '../../core/access/role.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { type Actor, recordAct } from './audit.ts';
import { insertLink, lockPerson, type NewLink, type Person } from './people.ts';
import type { TokenOwner } from './tokens.ts';

/** One e-mail address may belong to people of several accounts; more of them are not tried. */
const accountsOfEmailMax = 5;

/** `invited`: for one that expired, or a password that was lost; `password_reset_requested`: the person asked by e-mail address. */
export type LinkReason = 'person.invited' | 'person.password_reset_requested';

/** A new link; earlier ones end. The password stays until the link is used. */
export function replaceLink(
  { pool }: Db,
  accountId: string,
  personId: string,
  link: NewLink,
  action: LinkReason,
  actor: Actor,
  now: string,
): Promise<Person | null> {
  return changeSmallTables(pool, async (client) => {
    const person = await lockPerson(client, accountId, personId);
    if (person === null) return null;
    await client.query('delete from person_link where person_id = $1', [personId]);
    await insertLink(client, personId, link);
    const target = { id: personId, name: person.name };
    await recordAct(client, { accountId, actor, action, target, changes: {} }, now);
    return person;
  });
}

/** Whose link it is; null for one that is unknown, used or expired. */
export async function findLink({ pool }: Db, linkHash: Buffer, now: string): Promise<TokenOwner | null> {
  return findOwner(
    pool,
    'person_id = (select person_id from person_link where link_hash = $1 and expires_at > $2)',
    [linkHash, now],
  );
}

/** Uses the link up and sets the password. Ends the person's sessions: another person may know the old password. */
export async function takeLink(
  { pool }: Db,
  linkHash: Buffer,
  passwordHash: string,
  sourceIp: string,
  now: string,
): Promise<TokenOwner | null> {
  return changeSmallTables(pool, async (client) => {
    const { rows } = await client.query<{ person_id: string }>(
      'delete from person_link where link_hash = $1 and expires_at > $2 returning person_id',
      [linkHash, now],
    );
    const personId = rows[0]?.person_id;
    const owner = personId === undefined ? null : await findPersonOwner(client, personId);
    if (owner === null) return null;
    await client.query('update person set password_hash = $2 where person_id = $1', [personId, passwordHash]);
    await client.query('delete from session where person_id = $1', [personId]);
    const actor = { name: owner.name, tokenId: null, personId: owner.personId, sourceIp };
    const act = { accountId: owner.accountId, actor, target: { id: owner.personId, name: owner.name } };
    await recordAct(client, { ...act, action: 'person.password_set', changes: {} }, now);
    return owner;
  });
}

export type SignIn = { owner: TokenOwner; passwordHash: string };

/** Those with a password under this address, in every account, the oldest first. */
export async function findSignIns({ pool }: Db, email: string): Promise<SignIn[]> {
  const { rows } = await pool.query<OwnerRow & { passwordHash: string }>(
    `select ${ownerColumns}, password_hash as "passwordHash" from person
     where email = $1 and password_hash is not null order by person_id limit ${accountsOfEmailMax}`,
    [email],
  );
  return rows.map(({ passwordHash, ...row }) => ({ owner: ownerOf(row), passwordHash }));
}

export type FoundPerson = { owner: TokenOwner; accountName: string };

/** The people with this address, in every account, the oldest first. */
export async function findByEmail({ pool }: Db, email: string): Promise<FoundPerson[]> {
  const { rows } = await pool.query<OwnerRow & { accountName: string }>(
    `select ${ownerColumns}, (select a.name from account a where a.account_id = person.account_id) as "accountName"
     from person where email = $1 order by person_id limit ${accountsOfEmailMax}`,
    [email],
  );
  return rows.map(({ accountName, ...row }) => ({ owner: ownerOf(row), accountName }));
}

/** Null where the person has none. */
export async function findPasswordHash(
  { pool }: Db,
  accountId: string,
  personId: string,
): Promise<string | null> {
  const { rows } = await pool.query<{ password_hash: string | null }>(
    'select password_hash from person where account_id = $1 and person_id = $2',
    [accountId, personId],
  );
  return rows[0]?.password_hash ?? null;
}

/** The person's own change. Ends all sessions of the person but the one it came with. */
export async function changePassword(
  { pool }: Db,
  { accountId, personId, name }: TokenOwner,
  passwordHash: string,
  sessionHash: Buffer,
  actor: Actor,
  now: string,
): Promise<void> {
  await changeSmallTables(pool, async (client) => {
    const values = [accountId, personId, passwordHash];
    await client.query(
      'update person set password_hash = $3 where account_id = $1 and person_id = $2',
      values,
    );
    await client.query('delete from session where person_id = $1 and session_hash <> $2', [
      personId,
      sessionHash,
    ]);
    const target = { id: personId, name };
    await recordAct(client, { accountId, actor, action: 'person.password_set', target, changes: {} }, now);
  });
}

type OwnerRow = { accountId: string; personId: string; name: string; role: Role };
const ownerColumns = 'account_id as "accountId", person_id as "personId", name, role';

/** Who a person's session speaks for; null where the person was removed. */
export async function findPersonOwner(client: Queryable, personId: string): Promise<TokenOwner | null> {
  return findOwner(client, 'person_id = $1', [personId]);
}

async function findOwner(
  client: Queryable,
  condition: string,
  values: unknown[],
): Promise<TokenOwner | null> {
  const { rows } = await client.query<OwnerRow>(
    `select ${ownerColumns} from person where ${condition}`,
    values,
  );
  return rows[0] === undefined ? null : ownerOf(rows[0]);
}

function ownerOf({ accountId, personId, name, role }: OwnerRow): TokenOwner {
  return { accountId, tokenId: null, personId, name, role };
}
