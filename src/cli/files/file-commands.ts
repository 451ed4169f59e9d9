/** The commands that work with files and with many postbacks, over the API of a server. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { amountWords, dateWords } from '../../core/files/cell-formats.ts';
import { webhookTypeNames } from '../../core/updates/fields/webhook-type.ts';
import { delimiterWords } from '../../files/csv-file.ts';
import type { UndoOptions } from '../undo/undo.ts';
import type { ImportOptions } from './import.ts';
import type { ReconcileOptions } from './reconcile.ts';

const formats = ['csv', 'ndjson'];

const serverSettingsHelp = `
Settings (environment variables):
  RINGBACK_URL       address of the server (http://HOST:PORT)
  ADMIN_TOKEN        API token (none: the one in DATA_DIR/admin-token)`;

const importHelp = `
Examples:
  ringback import statement.csv --map 'Call ID=call_log_id' --map 'Payout=publisher_paid_out' --dry-run
  ringback import statement.csv --map 'Call ID=call_log_id' --map 'Payout=publisher_paid_out'

Exits with 0 when every row was accepted, with 1 when rows were rejected, with 2 when the import stopped or the file
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

Shows what would be undone and asks, unless --yes is given. Values that others changed since are kept and listed. Run the
same command again after a crash: no postback is undone twice. Exits with 0 when it was done, with 1 when it was not.
${serverSettingsHelp}`;

/** An option whose values are gathered. */
function repeatable(flags: string, description: string): Option {
  const gather = (value: string, before: string[]) => [...before, value];
  return new Option(flags, description).argParser(gather).default([], 'none');
}

function readLineNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
}

/** How a file is read. */
function addFileOptions(command: Command): void {
  command
    .option(
      '--mapping <mapping>',
      'how rows are read: JSON, or the name of an incoming webhook that has a mapping',
    )
    .addOption(
      new Option('--delimiter <name>', 'between columns (detected in the header)').choices(delimiterWords),
    )
    .addOption(new Option('--format <format>', 'format of the file (by its name)').choices(formats))
    .option('--header-line <number>', 'line with the column names (1)', readLineNumber)
    .addOption(new Option('--amounts <mark>', 'decimal mark of amounts with separators').choices(amountWords))
    .addOption(new Option('--dates <order>', 'order of day and month').choices(dateWords))
    .option('--zone <name>', 'time zone of times without an offset (the account’s)');
}

/** Which server, and as whom. */
function addServerOptions(command: Command, help: string): void {
  command
    .option('--url <url>', 'address of the server')
    .option('--token <token>', 'API token; never printed')
    .addHelpText('after', help);
}

/** `import`, `reconcile` and `undo`. */
export function addFileCommands(program: Command, end: (exitCode: number) => void): void {
  const importing = program
    .command('import')
    .description('import a CSV or NDJSON file: each row changes one call')
    .argument('<file>', 'CSV with a header, or NDJSON (.ndjson, .jsonl)')
    .addOption(repeatable('--map <column=field>', 'field of a column; COLUMN= ignores it; repeatable'))
    .option('--dry-run', 'report what would change, and change nothing')
    .option('--results <file>', 'file for the result of each row (FILE.results.csv)')
    .addOption(new Option('--type <type>', 'type of the rows (update_fields)').choices(webhookTypeNames))
    .option('--webhook <id>', 'incoming webhook for the rows (the account’s own "File import")')
    .addOption(
      new Option('--empty <meaning>', 'what an empty cell means (absent)').choices(['absent', 'null']),
    )
    .option('--import-key <name>', 'identifies the rows when the file is imported again (made of the file)')
    .action(async (file: string, options: ImportOptions) => {
      const { importFile } = await import('./import.ts');
      end(await importFile(file, options));
    });
  const reconciling = program
    .command('reconcile')
    .description('compare a partner’s statement with our records over a period')
    .argument('<file>', 'CSV with a header, or NDJSON (.ndjson, .jsonl)')
    .requiredOption('--from <date>', 'first day of the period, in the account’s time zone')
    .requiredOption('--to <date>', 'last day of the period')
    .addOption(
      new Option('--amount <field>', 'amount of the statement')
        .choices(['revenue_paid_out', 'publisher_paid_out'])
        .makeOptionMandatory(),
    )
    .option(
      '--publisher <name>',
      'partner of the statement; without one, every call of the period is expected',
    )
    .option('--buyer <name>', 'the same for a buyer')
    .option('--campaign <name>', 'the same for a campaign')
    .addOption(
      repeatable(
        '--map <column=name>',
        'what a column means: call_log_id, phone_number, started_at or amount; repeatable',
      ),
    )
    .option('--results <file>', 'file for the result of each call (FILE.reconciliation.csv)')
    .option('--apply', 'set our amounts to those of the statement where they differ, after asking')
    .option('--yes', 'do not ask')
    .action(async (file: string, options: ReconcileOptions) => {
      const { reconcileFile } = await import('./reconcile.ts');
      end(await reconcileFile(file, options));
    });
  const undoing = program
    .command('undo')
    .description('undo a postback, or all postbacks of a webhook in a period, batch or import')
    .argument('[postback]', 'id of one postback')
    .option('--webhook <id>', 'incoming webhook whose postbacks are undone')
    .option('--from <date>', 'first day or moment of the period')
    .option('--to <date>', 'last day or moment of the period')
    .option('--batch <id>', 'in place of a period: the batch_id of a batch')
    .option('--import <id>', 'in place of a period: the import_id of an import')
    .option('--dry-run', 'show what would be undone, and change nothing')
    .option('--yes', 'do not show and ask first')
    .action(async (postback: string | undefined, options: UndoOptions) => {
      const { undo } = await import('../undo/undo.ts');
      end(await undo(postback, options));
    });
  for (const command of [importing, reconciling]) addFileOptions(command);
  addServerOptions(importing, importHelp);
  addServerOptions(reconciling, reconcileHelp);
  addServerOptions(undoing, undoHelp);
}
