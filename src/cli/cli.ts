import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { programVersion } from '../program-version.ts';
import { addAccessCommands } from './access/access-commands.ts';
import { addBackupCommands } from './database/backup-commands.ts';
import { addFileCommands } from './files/file-commands.ts';
import type { SendOptions } from './send/send-request.ts';

const usageExitCode = 2;

const databaseSettingsHelp = `
Settings (environment variables, with their defaults):
  DATABASE_URL       a PostgreSQL of your own, 15 or newer (none: the embedded one, in DATA_DIR)
  DATA_DIR           folder of the embedded database and the admin token (./data)`;

const settingsHelp = `${databaseSettingsHelp}
  PORT, HOST         where it listens (8080 on 127.0.0.1)
  PUBLIC_URL         beginning of the URLs that are shown (http://localhost:PORT)
  ADMIN_TOKEN        API token (none: created at the first start in DATA_DIR/admin-token)
  TWILIO_AUTH_TOKEN  checks the signatures of Twilio's status callbacks (none: they are rejected)
  LIVE_CALL_HOURS_MAX
                     a call that is live for longer is completed; 0: never (24)
  TRUSTED_PROXIES    proxies whose X-Forwarded-For is trusted: addresses, CIDR ranges, loopback, private (none)
  OUTGOING_ALLOWED_NETWORKS
                     private networks that outgoing webhooks may reach, as CIDR (none)
  RETAIN_BODIES_DAYS, RETAIN_POSTBACKS_DAYS, RETAIN_CALLS_DAYS
                     age at which data is removed (none: everything is kept)
  OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME
                     provider of OpenID Connect that people may sign in with (none)
  SMTP_URL, MAIL_FROM
                     sends invitations and links for a new password (none: links are shown to copy)
  LOG_POSTBACKS      which postbacks get a line in the log: all, rejected or none (rejected)
  LOG_LEVEL          fatal, error, warn, info, debug, trace or silent (info)`;

const sendHelp = `
Examples:
  ringback send 'http://localhost:8080/update-fields?auth_key=KEY' call_log_id=CA1 converted=true
  ringback send http://localhost:8080/update-tags --key KEY --post call_log_id=CA1 add=deal:won
  ringback send http://localhost:8080/update-fields --key KEY --json '{"call_log_id":"CA1","reason":"sold"}'

Add dry_run=true to see what would change. Exits with 0 when the postback was accepted, with 1 when it was not.`;

function readWorkers(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 to 99.');
}

/** Who reads the output may stop, as `head` does: what the command does for others is done all the same. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** After an error, each command names its own help. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`Run "${path} --help" to see all commands and options.`);
  for (const child of command.commands) pointToHelp(child, `${path} ${child.name()}`);
}

/** Runs one command line. Each command's code is loaded only when it runs. @returns the exit code */
export async function runCli(args: string[]): Promise<number> {
  let exitCode = 0;
  for (const output of [process.stdout, process.stderr]) output.on('error', ignoreClosedPipe);
  const program = new Command('ringback')
    .description('Postbacks for pay-per-call: exact, durable, self-hosted.')
    .version(programVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride();

  program
    .command('start')
    .description('start the server')
    .addOption(
      new Option('--workers <n>', 'number of server processes: up to one for each core')
        .argParser(readWorkers)
        .default(1),
    )
    .addHelpText('after', settingsHelp)
    .action(async ({ workers }: { workers: number }) => {
      const { start } = await import('./start.ts');
      exitCode = await start(workers);
    });
  program
    .command('migrate')
    .description('migrate the database to the schema of this version (a start does the same)')
    .option('--distributed', 'distribute the tables on Citus, which DATABASE_URL must have')
    .addHelpText('after', databaseSettingsHelp)
    .action(async (options: { distributed?: boolean }) => {
      const { runMigrations } = await import('./database/migrate.ts');
      exitCode = await runMigrations(options);
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
      const { send } = await import('./send/send.ts');
      exitCode = await send(url, parameters, options);
    });
  const end = (code: number) => {
    exitCode = code;
  };
  addFileCommands(program, end);
  addAccessCommands(program, databaseSettingsHelp, end);
  addBackupCommands(program, databaseSettingsHelp, end);
  program
    .command('doctor')
    .description('check the settings, this machine and the database, and say what to fix')
    .addHelpText('after', settingsHelp)
    .action(async () => {
      const { examine } = await import('./doctor/doctor.ts');
      exitCode = await examine();
    });

  pointToHelp(program, program.name());
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : usageExitCode;
  }
  return exitCode;
}
