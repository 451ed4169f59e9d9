import { type Config, readConfig } from '../../config.ts';
import { createLog, type Log } from '../../log.ts';
import { CommandFault } from '../../offline/account-store.ts';
import { explainFailure } from '../../offline/explain-failure.ts';
import { printError } from '../print.ts';
import { readableLog } from '../readable-log.ts';

/** Runs `work` with the settings and a log on standard error, and prints why it failed. @returns the exit code */
export async function withSettings(
  what: string,
  work: (config: Config, log: Log) => Promise<number>,
): Promise<number> {
  let config: Config | null = null;
  try {
    config = readConfig();
    const log = createLog(
      config.logLevel,
      readableLog((text) => process.stderr.write(text)),
    );
    return await work(config, log);
  } catch (error) {
    const { what: why, fix } =
      error instanceof CommandFault ? { what: error.message, fix: null } : explainFailure(error, config);
    printError(`Ringback cannot ${what}. ${why}${fix === null ? '' : `\n${fix}`}`);
    return 1;
  }
}
