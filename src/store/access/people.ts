/** People: who signs in with an e-mail address and a password, and with which role. */
import type { Role } from '../../core/access/role.ts';
import { makeOrderedId } from '../../ordered-id.ts';
import { changeSmallTables, type Db, type Queryable } from '../database/connections/db.ts';
import { isUniqueViolation } from '../database/failure.ts';
import { type Page, pageOf } from '../database/statements/page.ts';
import { type Actor, changesBetween, recordAct } from './audit.ts';

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
    return await changeSmallTables(pool, async (client) => {
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

export async function insertLink(client: Queryable, personId: string, { linkHash, expiresAt }: NewLink) {
  const values = [linkHash, personId, expiresAt];
  await client.query(
    'insert into person_link (link_hash, person_id, expires_at) values ($1, $2, $3)',
    values,
  );
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
  return changeSmallTables(pool, async (client) => {
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
  return changeSmallTables(pool, async (client) => {
    const person = await lockPerson(client, accountId, personId);
    if (person === null) return false;
    await client.query('delete from person where account_id = $1 and person_id = $2', [accountId, personId]);
    const changes = { email: { from: person.email, to: null }, role: { from: person.role, to: null } };
    const target = { id: personId, name: person.name };
    await recordAct(client, { accountId, actor, action: 'person.removed', target, changes }, now);
    return true;
  });
}

export async function lockPerson(
  client: Queryable,
  accountId: string,
  personId: string,
): Promise<Person | null> {
  const { rows } = await client.query<Person>(
    `select ${columns} from person where account_id = $1 and person_id = $2 for update`,
    [accountId, personId],
  );
  return rows[0] ?? null;
}

function auditedOf({ name, role }: Person) {
  return { name, role };
}
