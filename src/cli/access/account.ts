/** `ringback account`: tenants of the database of the settings. */

import { hashSecret, makeSecret } from '../../core/access/secret.ts';
import { Invalid } from '../../core/values/fault.ts';
import { isCountry } from '../../core/values/phone/phone.ts';
import { nameCharsMax, readText } from '../../core/values/text/text.ts';
import { isTimeZone } from '../../core/values/time/instant.ts';
import { CommandFault, commandLine, readAll } from '../../offline/account-store.ts';
import { withStore } from '../database/with-store.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

export type NewAccountOptions = { timeZone?: string; defaultCountry?: string };

/** @returns the exit code */
export function createAccount(name: string, options: NewAccountOptions): Promise<number> {
  return withStore('make the account', async (store) => {
    const country = options.defaultCountry?.toUpperCase();
    if (options.timeZone !== undefined && !isTimeZone(options.timeZone))
      throw new CommandFault('Give --time-zone an IANA name, such as America/New_York.');
    if (country !== undefined && !isCountry(country))
      throw new CommandFault('Give --default-country two letters of ISO 3166, such as US.');
    const token = makeSecret('rbt');
    const settings = {
      name: readName(name),
      ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
      ...(country !== undefined && { defaultCountry: country }),
    };
    const account = await store.addAccount(settings, hashSecret(token), commandLine);
    print(`Account ${account.name}: ${account.accountId}`);
    print(`Token of its owner, shown this once: ${token}`);
  });
}

/** @returns the exit code */
export function listAccounts(): Promise<number> {
  return withStore('list the accounts', async (store) => {
    const accounts = await readAll(store.listAccounts);
    const rows = accounts.map(({ accountId, name, timeZone, defaultCountry, createdAt }) => [
      accountId,
      name,
      timeZone,
      defaultCountry,
      createdAt,
    ]);
    for (const line of table(['id', 'name', 'time zone', 'country', 'created'], rows)) print(line);
  });
}

/** @throws CommandFault for what is no name */
export function readName(text: string): string {
  const name = readText(text, nameCharsMax);
  if (name instanceof Invalid) throw new CommandFault(`The name cannot be taken. ${name.detail}`);
  return name;
}
