import type { Command } from 'commander';

const backupHelp = `
Writes every table as of one moment, with or without a server on the database. The file can be
read by its owner alone: it holds callers' numbers, amounts, the account's Twilio token and the secrets that senders sign with, but
neither keys nor API tokens, of which the database has only hashes. The folder's admin-token is not in it.

Examples:
  ringback backup ringback-$(date +%F).backup
  ringback backup - | gpg --encrypt --recipient ops > ringback.backup.gpg`;

const restoreHelp = `
Restores everything or nothing, into an empty database: a DATA_DIR that does not exist yet, or a DATABASE_URL without tables.
A backup of an older Ringback is migrated to this version's schema; a backup of a newer one is rejected.

Examples:
  DATA_DIR=./restored ringback restore ringback-2026-11-24.backup
  DATABASE_URL=postgresql://… ringback restore ringback-2026-11-24.backup`;

/** `backup` and `restore`, of the database of the settings. */
export function addBackupCommands(
  program: Command,
  settingsHelp: string,
  end: (exitCode: number) => void,
): void {
  program
    .command('backup')
    .description('write all of the database into a file')
    .argument('<file>', 'a file that does not exist yet, or - for standard output')
    .addHelpText('after', `${backupHelp}\n${settingsHelp}`)
    .action(async (file: string) => {
      const { backUp } = await import('./backup.ts');
      end(await backUp(file));
    });
  program
    .command('restore')
    .description('load a backup into an empty database')
    .argument('<file>', 'a file that "ringback backup" wrote')
    .addHelpText('after', `${restoreHelp}\n${settingsHelp}`)
    .action(async (file: string) => {
      const { restore } = await import('./restore.ts');
      end(await restore(file));
    });
}
