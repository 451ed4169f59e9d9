import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { amountWords, dateWords } from '../core/files/cell-formats.ts';
import { webhookTypeNames } from '../core/updates/fields/webhook-type.ts';
import { delimiterWords } from '../files/csv-file.ts';
import { programVersion } from '../program-version.ts';
import { addAccessCommands } from './access/access-commands.ts';
import { addBackupCommands } from './database/backup-commands.ts';
import type { ImportOptions } from './files/import.ts';
import type { ReconcileOptions } from './files/reconcile.ts';
import type { SendOptions } from './send/send-request.ts';
import type { UndoOptions } from './undo/undo.ts';

const usageExitCode = 2;
const formats = ['csv', 'ndjson'];

const databaseSettingsHelp = `
Settings (environment variables, with what counts where they are not set):
  DATABASE_URL       a PostgreSQL of your own, 15 or newer (none: the embedded one, in DATA_DIR)
  DATA_DIR           folder of the embedded database and the admin token (./data)`;

const settingsHelp = `${databaseSettingsHelp}
  PORT, HOST         where it listens (8080 on 127.0.0.1)
  PUBLIC_URL         what copied URLs begin with (http://localhost:PORT)
  ADMIN_TOKEN        API token (none: made at the first start, kept in DATA_DIR/admin-token)
  TWILIO_AUTH_TOKEN  checks the signatures of Twilio's status callbacks (none: they are rejected)
  LIVE_CALL_HOURS_MAX
                     a call that is live for longer is completed; 0: never (24)
  TRUSTED_PROXIES    proxies whose X-Forwarded-For is believed: addresses, CIDR ranges, loopback, private (none)
  OUTGOING_ALLOWED_NETWORKS
                     private networks that outgoing webhooks may reach, as CIDR (none)
  RETAIN_BODIES_DAYS, RETAIN_POSTBACKS_DAYS, RETAIN_CALLS_DAYS
                     what is older is removed (none: all is kept)
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

Add dry_run=true to see what would change. Exits with 0 when the postback was taken, with 1 when it was not.`;

const serverSettingsHelp = `
Settings (environment variables):
  RINGBACK_URL       where the server is (http://HOST:PORT)
  ADMIN_TOKEN        API token (none: the one in DATA_DIR/admin-token)`;

const importHelp = `
Examples:
  ringback import statement.csv --map 'Call ID=call_log_id' --map 'Payout=publisher_paid_out' --dry-run
  ringback import statement.csv --map 'Call ID=call_log_id' --map 'Payout=publisher_paid_out'

Exits with 0 when every row was taken, with 1 when rows were rejected, with 2 when the import broke off or the file
cannot be read. Run the same command again after a crash: no row is done twice.
${serverSettingsHelp}`;

const reconcileHelp = `
Examples:
  ringback reconcile november.csv --from 2026-11-01 --to 2026-11-30 --amount publisher_paid_out \\
    --publisher 'Acme Media' --map 'Call ID=call_log_id' --map 'Payout=amount'

Exits with 0 when both sides agree in the end, with 1 when differences are left, with 2 when the statement cannot be
read or compared.
${serverSettingsHelp}`;

const undoHelp = `
Examples:
  ringback undo 0199b2d0-0000-7000-8000-000000000001 --dry-run
  ringback undo --webhook 0199b2d0-0000-7000-8000-000000000002 --from 2026-11-03 --to 2026-11-04
  ringback undo --webhook 0199b2d0-0000-7000-8000-000000000002 --batch 0199b2d0-0000-7000-8000-000000000003

Shows what would be undone and asks, unless --yes is given. What others changed since is left unchanged and listed. Run the
same command again after a crash: no postback is undone twice. Exits with 0 when it was done, with 1 when it was not.
${serverSettingsHelp}`;

/** An option whose values are gathered. */
function repeatable(flags: string, description: string): Option {
  const gather = (value: string, before: string[]) => [...before, value];
  return new Option(flags, description).argParser(gather).default([], 'none');
}

function readWorkers(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 to 99.');
}

/** After an error, each command names its own help. */
function pointToHelp(command: Command, path: string): void {
  command.showHelpAfterError(`Run "${path} --help" to see all commands and options.`);
  for (const child of command.commands) pointToHelp(child, `${path} ${child.name()}`);
}

/** Runs one command line. Each command's code is loaded only when it runs. @returns the exit code */
export async function runCli(args: string[]): Promise<number> {
  let exitCode = 0;
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
      new Option('--workers <n>', 'processes that serve together: up to one for each core')
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
    .description('bring the database to the schema of this version (a start does the same)')
    .option('--distributed', 'lay the tables out on Citus, which DATABASE_URL must have')
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
  program
    .command('import')
    .description('import a CSV or NDJSON file: each row changes one call')
    .argument('<file>', 'CSV with a header, or NDJSON (.ndjson, .jsonl)')
    .addOption(repeatable('--map <column=field>', 'what a column means; COLUMN= leaves it out; repeatable'))
    .option(
      '--mapping <mapping>',
      'how rows are read: JSON, or the name of an incoming webhook that has a mapping',
    )
    .option('--dry-run', 'report what would change, and change nothing')
    .option('--results <file>', 'where to write the result of each row (FILE.results.csv)')
    .addOption(new Option('--type <type>', 'what the rows are (update_fields)').choices(webhookTypeNames))
    .option('--webhook <id>', 'incoming webhook that the rows come through (the account’s own "File import")')
    .addOption(
      new Option('--empty <meaning>', 'what an empty cell means (absent)').choices(['absent', 'null']),
    )
    .addOption(
      new Option('--delimiter <name>', 'of the columns (found by the header)').choices(delimiterWords),
    )
    .addOption(new Option('--format <format>', 'of the file (by its name)').choices(formats))
    .option('--header-line <number>', 'line with the names of the columns (1)', Number)
    .addOption(new Option('--amounts <mark>', 'decimal mark of amounts with separators').choices(amountWords))
    .addOption(new Option('--dates <order>', 'order of day and month').choices(dateWords))
    .option('--zone <name>', 'time zone of times without an offset (the account’s)')
    .option(
      '--import-key <name>',
      'what its rows are known by when the file is sent again (made of the file)',
    )
    .option('--url <url>', 'where the server is')
    .option('--token <token>', 'API token; never printed')
    .addHelpText('after', importHelp)
    .action(async (file: string, options: ImportOptions) => {
      const { importFile } = await import('./files/import.ts');
      exitCode = await importFile(file, options);
    });
  program
    .command('reconcile')
    .description('compare a partner’s statement with our records over a period')
    .argument('<file>', 'CSV with a header, or NDJSON (.ndjson, .jsonl)')
    .requiredOption('--from <date>', 'first day of the period, in the account’s time zone')
    .requiredOption('--to <date>', 'last day of the period')
    .addOption(
      new Option('--amount <field>', 'what the statement is about')
        .choices(['revenue_paid_out', 'publisher_paid_out'])
        .makeOptionMandatory(),
    )
    .option('--publisher <name>', 'whose statement it is; else every call of the period is expected in it')
    .option('--buyer <name>', 'the same for a buyer')
    .option('--campaign <name>', 'the same for a campaign')
    .addOption(
      repeatable(
        '--map <column=name>',
        'what a column means: call_log_id, phone_number, started_at or amount; repeatable',
      ),
    )
    .option(
      '--mapping <mapping>',
      'how rows are read: JSON, or the name of an incoming webhook that has a mapping',
    )
    .option('--results <file>', 'where to write every call (FILE.reconciliation.csv)')
    .option('--apply', 'set our amounts to theirs where they differ, after asking')
    .option('--yes', 'do not ask')
    .addOption(
      new Option('--delimiter <name>', 'of the columns (found by the header)').choices(delimiterWords),
    )
    .addOption(new Option('--format <format>', 'of the file (by its name)').choices(formats))
    .option('--header-line <number>', 'line with the names of the columns (1)', Number)
    .addOption(new Option('--amounts <mark>', 'decimal mark of amounts with separators').choices(amountWords))
    .addOption(new Option('--dates <order>', 'order of day and month').choices(dateWords))
    .option('--zone <name>', 'time zone of times without an offset (the account’s)')
    .option('--url <url>', 'where the server is')
    .option('--token <token>', 'API token; never printed')
    .addHelpText('after', reconcileHelp)
    .action(async (file: string, options: ReconcileOptions) => {
      const { reconcileFile } = await import('./files/reconcile.ts');
      exitCode = await reconcileFile(file, options);
    });
  program
    .command('undo')
    .description(
      'take back what a postback changed, or all postbacks of a webhook in a period, batch or import',
    )
    .argument('[postback]', 'id of one postback')
    .option('--webhook <id>', 'incoming webhook whose postbacks are undone')
    .option('--from <date>', 'first day or moment of the period')
    .option('--to <date>', 'last day or moment of the period')
    .option('--batch <id>', 'in place of a period: the batch_id of a batch')
    .option('--import <id>', 'in place of a period: the import_id of an import')
    .option('--dry-run', 'show what would be undone, and change nothing')
    .option('--yes', 'do not show and ask first')
    .option('--url <url>', 'where the server is')
    .option('--token <token>', 'API token; never printed')
    .addHelpText('after', undoHelp)
    .action(async (postback: string | undefined, options: UndoOptions) => {
      const { undo } = await import('./undo/undo.ts');
      exitCode = await undo(postback, options);
    });
  const end = (code: number) => {
    exitCode = code;
  };
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
