/** `ringback token`: API tokens in the database of the settings. */

import type { Role } from '../../core/access/role.ts';
import { hashSecret, makeSecret } from '../../core/access/secret.ts';
import { Invalid } from '../../core/values/fault.ts';
import { readInstant } from '../../core/values/time/instant.ts';
import { CommandFault, commandLine, findAccount, readAll } from '../../offline/account-store.ts';
import { withStore } from '../database/with-store.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';
import { readName } from './account.ts';

export type TokenOptions = { account?: string };
export type NewTokenOptions = TokenOptions & { role: Role; expires?: string };

/** @returns the exit code */
export function createToken(name: string, options: NewTokenOptions): Promise<number> {
  return withStore('make the token', async (store) => {
    const account = await findAccount(store, options.account);
    const expiresAt =
      options.expires === undefined ? null : readExpiry(options.expires, account.timeZone, Date.now());
    const secret = makeSecret('rbt');
    const settings = { name: readName(name), role: options.role, expiresAt };
    const token = await store.createToken(account.accountId, settings, hashSecret(secret), commandLine);
    const until = expiresAt === null ? '' : `, until ${expiresAt}`;
    print(`Token ${token.name} (${token.role}) of ${account.name}${until}: ${token.tokenId}`);
    print(`Shown this once: ${secret}`);
  });
}

/** @returns the exit code */
export function listTokens(options: TokenOptions): Promise<number> {
  return withStore('list the tokens', async (store) => {
    const { accountId } = await findAccount(store, options.account);
    const tokens = await readAll((limit, before) => store.listTokens(accountId, limit, before));
    const rows = tokens.map(({ tokenId, name, role, isFromSettings, expiresAt, lastUsedAt }) => [
      tokenId,
      isFromSettings ? `${name} (of the settings)` : name,
      role,
      expiresAt ?? 'never',
      lastUsedAt ?? 'never',
    ]);
    for (const line of table(['id', 'name', 'role', 'expires', 'last used'], rows)) print(line);
  });
}

/** @returns the exit code */
export function revokeToken(id: string, options: TokenOptions): Promise<number> {
  return withStore('revoke the token', async (store) => {
    const { accountId, name } = await findAccount(store, options.account);
    const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
    const done = isId ? await store.revokeToken(accountId, id, commandLine) : 'unknown';
    if (done === 'unknown')
      throw new CommandFault(`The account ${name} has no token ${id}: "ringback token list" shows all.`);
    if (done === 'from_settings')
      throw new CommandFault(
        'It is the token of the settings: set another ADMIN_TOKEN, or delete DATA_DIR/admin-token, and start Ringback again.',
      );
    print('Revoked.');
  });
}

const unitMs: Record<string, number> = { h: 3_600_000, d: 86_400_000 };

/** `12h`, `30d`, or a date or time in the account's time zone. @throws CommandFault */
export function readExpiry(text: string, timeZone: string, nowMs: number): string {
  const [, count, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  if (count !== undefined && Number(count) > 0)
    return new Date(nowMs + Number(count) * (unitMs[unit] ?? 0)).toISOString();
  const at = readInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text, timeZone);
  if (!(at instanceof Invalid) && Date.parse(at) > nowMs) return at;
  throw new CommandFault('Give --expires a time to come, such as 30d, 12h or 2027-01-31.');
}
