import { type Command, Option } from 'commander';
import { roles } from '../../core/access/role.ts';
import type { NewAccountOptions } from './account.ts';
import { addPersonCommands } from './person-commands.ts';
import type { NewTokenOptions, TokenOptions } from './token.ts';

const accountHelp = `
Works on the database of the settings itself, whether a server runs on it or not, and needs no token: who can read
DATA_DIR or DATABASE_URL may do everything anyway. So it also helps after the last owner's token is lost.`;

const tokenHelp = `
Roles: an analyst reads; an operator does everything but with accounts, tokens and the audit log; an owner does everything.
${accountHelp}

Examples:
  ringback token create 'Ana of finance' --role analyst
  ringback token create CI --role operator --expires 30d
  ringback token list
  ringback token revoke 0199aaaa-0000-7000-8000-000000000001`;

const accountOption = () => new Option('--account <account>', 'id or name of the account (the first one)');

/** `account`, `token` and `person`, in the database of the settings. */
export function addAccessCommands(
  program: Command,
  settingsHelp: string,
  end: (exitCode: number) => void,
): void {
  const account = program.command('account').description('accounts: tenants that see nothing of each other');
  account
    .command('create')
    .description('make an account, and print a token of its owner')
    .argument('<name>')
    .option('--time-zone <zone>', 'how times without an offset are read, such as Europe/Berlin (UTC)')
    .option('--default-country <country>', 'how phone numbers without a country code are read (US)')
    .addHelpText('after', `${accountHelp}\n${settingsHelp}`)
    .action(async (name: string, options: NewAccountOptions) => {
      const { createAccount } = await import('./account.ts');
      end(await createAccount(name, options));
    });
  account
    .command('list')
    .description('list all accounts, the first one first')
    .addHelpText('after', `${accountHelp}\n${settingsHelp}`)
    .action(async () => {
      const { listAccounts } = await import('./account.ts');
      end(await listAccounts());
    });

  const token = program.command('token').description('API tokens: made with a role, listed, revoked');
  token
    .command('create')
    .description('make a token and print it, this once')
    .argument('<name>', 'its user; shown in timelines and in the audit log')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .option('--expires <when>', 'such as 30d, 12h or 2027-01-31 (never)')
    .addOption(accountOption())
    .addHelpText('after', `${tokenHelp}\n${settingsHelp}`)
    .action(async (name: string, options: NewTokenOptions) => {
      const { createToken } = await import('./token.ts');
      end(await createToken(name, options));
    });
  token
    .command('list')
    .description('list the tokens of an account, newest first')
    .addOption(accountOption())
    .addHelpText('after', `${tokenHelp}\n${settingsHelp}`)
    .action(async (options: TokenOptions) => {
      const { listTokens } = await import('./token.ts');
      end(await listTokens(options));
    });
  token
    .command('revoke')
    .description('end a token at once, and sign out the browsers that use it')
    .argument('<id>', 'as "ringback token list" shows it')
    .addOption(accountOption())
    .addHelpText('after', `${tokenHelp}\n${settingsHelp}`)
    .action(async (id: string, options: TokenOptions) => {
      const { revokeToken } = await import('./token.ts');
      end(await revokeToken(id, options));
    });

  addPersonCommands(program, `${accountHelp}\n${settingsHelp}`, accountOption, end);
}
