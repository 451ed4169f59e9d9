/** People: who signs in with an e-mail address and a password, with which role, and the links that set a password. */
import type { Role } from '../../core/access/role.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { type Db, inTransaction, type Queryable } from '../database/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
import { type Page, pageOf } from '../database/page.ts';
import { type Actor, changesBetween, recordAct } from './audit.ts';
import type { TokenOwner } from './tokens.ts';

/** `email`: in lower case */
export type NewPerson = { email: string; name: string; role: Role };

export type Person = NewPerson & {
  personId: string;
  /** false: invited, and has set no password yet */
  hasPassword: boolean;
  /** instants */
  lastSignedInAt: string | null;
  createdAt: string;
};

export type PersonChanges = Partial<Pick<NewPerson, 'name' | 'role'>>;

/** `expiresAt`: instant */
export type NewLink = { linkHash: Buffer; expiresAt: string };

const columns = `person_id as "personId", email, name, role, password_hash is not null as "hasPassword",
  last_signed_in_at as "lastSignedInAt", created_at as "createdAt"`;
/** One e-mail address may belong to people of several accounts; more of them are not tried. */
const accountsOfEmailMax = 5;

/** Makes a person without a password, and the link that sets one. */
export async function invitePerson(
  { pool }: Db,
  accountId: string,
  { email, name, role }: NewPerson,
  link: NewLink,
  actor: Actor,
  now: string,
): Promise<Person | 'email_taken'> {
  try {
    return await inTransaction(pool, async (client) => {
      const { rows } = await client.query<Person>(
        `insert into person (person_id, account_id, email, name, role, created_at)
         values ($1, $2, $3, $4, $5, $6) returning ${columns}`,
        [makeOrderedId(), accountId, email, name, role, now],
      );
      const [person] = rows;
      if (person === undefined) throw new Error('an insert returned no row');
      await insertLink(client, person.personId, link);
      const changes = changesBetween({}, { email, role });
      const target = { id: person.personId, name };
      await recordAct(client, { accountId, actor, action: 'person.invited', target, changes }, now);
      return person;
    });
  } catch (error) {
    if (isUniqueViolation(error)) return 'email_taken';
    throw error;
  }
}

/** A new link, for one that expired or a password that was lost; earlier ones end. The password stays until the link is used. */
export function renewLink(
  db: Db,
  accountId: string,
  personId: string,
  link: NewLink,
  actor: Actor,
  now: string,
): Promise<Person | null> {
  return replaceLink(db, accountId, personId, link, actor, 'person.invited', now);
}

/** The same, as the person asked for it by e-mail address. */
export function requestPasswordReset(
  db: Db,
  accountId: string,
  personId: string,
  link: NewLink,
  actor: Actor,
  now: string,
): Promise<Person | null> {
  return replaceLink(db, accountId, personId, link, actor, 'person.password_reset_requested', now);
}

async function replaceLink(
  { pool }: Db,
  accountId: string,
  personId: string,
  link: NewLink,
  actor: Actor,
  action: 'person.invited' | 'person.password_reset_requested',
  now: string,
): Promise<Person | null> {
  return inTransaction(pool, async (client) => {
    const person = await lockPerson(client, accountId, personId);
    if (person === null) return null;
    await client.query('delete from person_link where person_id = $1', [personId]);
    await insertLink(client, personId, link);
    const target = { id: personId, name: person.name };
    await recordAct(client, { accountId, actor, action, target, changes: {} }, now);
    return person;
  });
}

async function insertLink(client: Queryable, personId: string, { linkHash, expiresAt }: NewLink) {
  const values = [linkHash, personId, expiresAt];
  await client.query(
    'insert into person_link (link_hash, person_id, expires_at) values ($1, $2, $3)',
    values,
  );
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
  return inTransaction(pool, async (client) => {
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
  await inTransaction(pool, async (client) => {
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

/** Newest first. @param before the id that the page before ended with */
export async function listPeople(
  { pool }: Db,
  accountId: string,
  limit: number,
  before: string | null,
): Promise<Page<Person>> {
  const { rows } = await pool.query<Person>(
    `select ${columns} from person where account_id = $1 and ($2::uuid is null or person_id < $2::uuid)
     order by person_id desc limit $3`,
    [accountId, before, limit + 1],
  );
  return pageOf(rows, limit, ({ personId }) => personId);
}

/** A new role counts from the next request on. */
export async function changePerson(
  { pool }: Db,
  accountId: string,
  personId: string,
  changes: PersonChanges,
  actor: Actor,
  now: string,
): Promise<Person | null> {
  return inTransaction(pool, async (client) => {
    const before = await lockPerson(client, accountId, personId);
    if (before === null) return null;
    const after = { ...before, ...changes };
    const changed = changesBetween(auditedOf(before), auditedOf(after));
    if (Object.keys(changed).length === 0) return after;
    await client.query('update person set name = $3, role = $4 where account_id = $1 and person_id = $2', [
      ...[accountId, personId, after.name, after.role],
    ]);
    const target = { id: personId, name: after.name };
    await recordAct(client, { accountId, actor, action: 'person.changed', target, changes: changed }, now);
    return after;
  });
}

/** Removes the person, and with it the sessions and links. @returns false where there is none */
export async function removePerson(
  { pool }: Db,
  accountId: string,
  personId: string,
  actor: Actor,
  now: string,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const person = await lockPerson(client, accountId, personId);
    if (person === null) return false;
    await client.query('delete from person where account_id = $1 and person_id = $2', [accountId, personId]);
    const changes = { email: { from: person.email, to: null }, role: { from: person.role, to: null } };
    const target = { id: personId, name: person.name };
    await recordAct(client, { accountId, actor, action: 'person.removed', target, changes }, now);
    return true;
  });
}

async function lockPerson(client: Queryable, accountId: string, personId: string): Promise<Person | null> {
  const { rows } = await client.query<Person>(
    `select ${columns} from person where account_id = $1 and person_id = $2 for update`,
    [accountId, personId],
  );
  return rows[0] ?? null;
}

function auditedOf({ name, role }: Person) {
  return { name, role };
}
