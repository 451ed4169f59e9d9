/** `ringback person`: people of an account, in the database of the settings. */

import type { Config } from '../../config.ts';
import { type Invitation, invitationUrl, makeInvitation } from '../../core/access/invitation.ts';
import type { Role } from '../../core/access/role.ts';
import {
  type Account,
  type AccountStore,
  CommandFault,
  commandLine,
  findAccount,
  type Person,
  readAll,
} from '../../offline/account-store.ts';
import { withStore } from '../database/with-store.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';
import { readName } from './account.ts';

export type PersonOptions = { account?: string };
export type NewPersonOptions = PersonOptions & { role: Role };

/** @returns the exit code */
export function invitePerson(address: string, name: string, options: NewPersonOptions): Promise<number> {
  return withStore('invite the person', async (store, config) => {
    const account = await findAccount(store, options.account);
    const email = address.trim().toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$/.test(email))
      throw new CommandFault('Give an e-mail address, such as ana@acme.example.');
    const invitation = makeInvitation(Date.now());
    const person = { email, name: readName(name), role: options.role };
    const invited = await store.invitePerson(account.accountId, person, invitation.link, commandLine);
    if (invited === 'email_taken')
      throw new CommandFault(
        `The account ${account.name} has a person with this address: "ringback person reset ${email}" makes a new link.`,
      );
    print(`Person ${invited.name} (${invited.role}) of ${account.name}: ${invited.personId}`);
    printLink(config, invited, invitation);
  });
}

/** @returns the exit code */
export function listPeople(options: PersonOptions): Promise<number> {
  return withStore('list the people', async (store) => {
    const people = await readPeople(store, await findAccount(store, options.account));
    const rows = people.map(({ personId, email, name, role, hasPassword, lastSignedInAt }) => [
      personId,
      email,
      name,
      role,
      hasPassword ? 'yes' : 'no',
      lastSignedInAt ?? 'never',
    ]);
    for (const line of table(['id', 'e-mail', 'name', 'role', 'password', 'last signed in'], rows))
      print(line);
  });
}

/** @returns the exit code */
export function changeRole(wanted: string, role: Role, options: PersonOptions): Promise<number> {
  return withStore('change the role', async (store) => {
    const { account, person } = await findPerson(store, wanted, options);
    await store.changePerson(account.accountId, person.personId, { role }, commandLine);
    print(`${person.name} is ${role} now.`);
  });
}

/** A link for a lost password, or an invitation that expired. @returns the exit code */
export function resetPerson(wanted: string, options: PersonOptions): Promise<number> {
  return withStore('make a new link', async (store, config) => {
    const { account, person } = await findPerson(store, wanted, options);
    const invitation = makeInvitation(Date.now());
    await store.replacePersonLink(
      account.accountId,
      person.personId,
      invitation.link,
      'person.invited',
      commandLine,
    );
    printLink(config, person, invitation);
  });
}

/** @returns the exit code */
export function removePerson(wanted: string, options: PersonOptions): Promise<number> {
  return withStore('remove the person', async (store) => {
    const { account, person } = await findPerson(store, wanted, options);
    await store.removePerson(account.accountId, person.personId, commandLine);
    print('Removed and signed out.');
  });
}

function readPeople(store: AccountStore, { accountId }: Account): Promise<Person[]> {
  return readAll((limit, before) => store.listPeople(accountId, limit, before));
}

async function findPerson(store: AccountStore, wanted: string, options: PersonOptions) {
  const account = await findAccount(store, options.account);
  const people = await readPeople(store, account);
  const person = people.find(
    ({ personId, email }) => personId === wanted || email === wanted.trim().toLowerCase(),
  );
  if (person !== undefined) return { account, person };
  throw new CommandFault(
    `The account ${account.name} has no person ${wanted}: "ringback person list" shows all.`,
  );
}

function printLink(config: Config, { email }: Person, { secret, link }: Invitation): void {
  const publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
  print(
    `Link that sets the password once, until ${link.expiresAt}: ${invitationUrl(publicUrl, secret, email)}`,
  );
}
