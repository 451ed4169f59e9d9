import { type Config, readConfig, warnOfToken } from '../../config.ts';
import { checkDatabase } from '../../offline/check-database.ts';
import { checkBinaries, checkDataDir, checkDisk, checkNode } from '../../offline/check-machine.ts';
import { explainFailure } from '../../offline/explain-failure.ts';
import type { Finding } from '../../offline/finding.ts';
import { print } from '../print.ts';
import { checkPort, checkPublicUrl } from './check-network.ts';
import { checkSignIn } from './check-sign-in.ts';
import { printFinding } from './print-finding.ts';

/** Checks all that a server needs, one line each. Changes nothing. @returns the exit code: 1 if anything fails */
export async function examine(): Promise<number> {
  const counts = { ok: 0, warn: 0, FAIL: 0 };
  for await (const finding of findings()) {
    counts[finding.level]++;
    printFinding(finding);
  }
  const { warn, FAIL } = counts;
  if (FAIL > 0) print(`\n${FAIL} to fix${warn > 0 ? `, ${warn} to look at` : ''}.`);
  else print(warn > 0 ? `\nNothing to fix, ${warn} to look at.` : '\nAll is well.');
  return FAIL > 0 ? 1 : 0;
}

async function* findings(): AsyncGenerator<Finding> {
  yield checkNode();
  const config = readSettings();
  if ('level' in config) return yield config;
  yield describeSettings(config);
  const dataDir = await checkDataDir(config);
  yield dataDir;
  yield await checkDisk(config);
  yield await checkBinaries(config);
  if (config.databaseUrl !== null || dataDir.level !== 'FAIL') yield* await checkDatabase(config);
  else yield { level: 'warn', subject: 'database', says: 'not checked: the data folder comes first' };
  yield await checkPort(config);
  yield checkPublicUrl(config);
  yield* await checkSignIn(config);
}

function readSettings(): Config | Finding {
  try {
    return readConfig();
  } catch (error) {
    const fix = 'Correct this setting first; the rest is checked then.';
    return { level: 'FAIL', subject: 'settings', says: explainFailure(error, null).what, fix };
  }
}

function describeSettings(config: Config): Finding {
  const { host, port, databaseUrl, adminToken, twilioAuthToken, logLevel } = config;
  const presence = Object.entries({
    DATABASE_URL: databaseUrl,
    ADMIN_TOKEN: adminToken,
    TWILIO_AUTH_TOKEN: twilioAuthToken,
  }).map(([name, value]) => `${name} ${value === null ? 'not set' : 'set'}`);
  const says = [`HOST ${host}`, `PORT ${port}`, `LOG_LEVEL ${logLevel}`, ...presence].join(', ');
  const fix = warnOfToken(config);
  return fix === null
    ? { level: 'ok', subject: 'settings', says }
    : { level: 'warn', subject: 'settings', says, fix };
}
