import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import type { SendOptions } from './send-request.ts';

const usageExitCode = 2;

const databaseSettingsHelp = `
Settings (environment variables, with what counts where they are not set):
  DATABASE_URL       a PostgreSQL of your own, 15 or newer (none: the embedded one, in DATA_DIR)
  DATA_DIR           folder of the embedded database and the admin token (./data)`;

const settingsHelp = `${databaseSettingsHelp}
  PORT, HOST         where it listens (8080 on 127.0.0.1)
  PUBLIC_URL         what copied URLs begin with (http://localhost:PORT)
  ADMIN_TOKEN        API token (none: made at the first start, kept in DATA_DIR/admin-token)
  TWILIO_AUTH_TOKEN  checks the signatures of Twilio's status callbacks (none: they are refused)
  LOG_LEVEL          fatal, error, warn, info, debug, trace or silent (info)`;

const sendHelp = `
Examples:
  ringback send 'http://localhost:8080/update-fields?auth_key=KEY' call_log_id=CA1 converted=true
  ringback send http://localhost:8080/update-tags --key KEY --post call_log_id=CA1 add=deal:won
  ringback send http://localhost:8080/update-fields --key KEY --json '{"call_log_id":"CA1","reason":"sold"}'

Add dry_run=true to see what would change. Exits with 0 when the postback was taken, with 1 when it was not.`;

/** Runs one command line. Each command's code is loaded only when it runs. @returns the exit code */
export async function runCli(args: string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('ringback')
    .description('Postbacks for pay-per-call: exact, durable, self-hosted.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('Run "ringback --help" to see all commands and options.')
    .exitOverride();

  program
    .command('start')
    .description('start the server')
    .addHelpText('after', settingsHelp)
    .action(async () => {
      const { start } = await import('./start.ts');
      exitCode = await start();
    });
  program
    .command('migrate')
    .description('bring the database to the schema of this version (a start does the same)')
    .addHelpText('after', databaseSettingsHelp)
    .action(async () => {
      const { migrateDatabase } = await import('./migrate.ts');
      exitCode = await migrateDatabase();
    });
  program
    .command('send')
    .description('send one postback and show what it did: GET, unless --post or --json is given')
    .argument('<url>', 'URL of an incoming webhook, with or without its key')
    .argument('[name=value...]', 'parameters, in the query or with --post as a form')
    .option('--post', 'send a POST')
    .option('--json <body>', 'send a POST with this JSON')
    .option('--key <key>', 'auth key of the webhook, sent as a header; never printed')
    .addHelpText('after', sendHelp)
    .action(async (url: string, parameters: string[], options: SendOptions) => {
      const { send } = await import('./send.ts');
      exitCode = await send(url, parameters, options);
    });
  program
    .command('doctor')
    .description('check the settings, this machine and the database, and say what to fix')
    .addHelpText('after', settingsHelp)
    .action(async () => {
      const { examine } = await import('./doctor.ts');
      exitCode = await examine();
    });

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageExitCode;
  }
  return exitCode;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version; // our own file
}
