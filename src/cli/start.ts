import { adminTokenFile } from '../admin-token.ts';
import { type Config, readConfig, warnOfToken } from '../config.ts';
import { createLog } from '../log.ts';
import { explainFailure } from '../offline/explain-failure.ts';
import { type Server, startServer } from '../server.ts';
import { findUi } from '../ui-folder.ts';
import { startWorkers } from '../workers.ts';
import { readableLog } from './readable-log.ts';

/** Shutdown that takes longer is cut off (docs/operations.md#stopping). */
const stopMsMax = 9_500;

/**
 * Runs the server until SIGTERM or SIGINT.
 * @param workers processes that serve together; 1: this one alone
 * @returns the exit code
 */
export async function start(workers: number): Promise<number> {
  // From the very first moment: a signal during a long recovery must not leave the database behind.
  const stop = new AbortController();
  const stopped = stopSignal();
  stopped.then(() => {
    setTimeout(() => process.exit(1), stopMsMax).unref();
    stop.abort();
  });
  let config: Config | null = null;
  try {
    config = readConfig();
    const { isTTY } = process.stdout;
    const log = createLog(
      config.logLevel,
      isTTY ? readableLog((text) => process.stdout.write(text)) : undefined,
    );
    const warning = warnOfToken(config);
    if (warning !== null) log.warn(warning);
    const server = await (workers > 1
      ? startWorkers(config, workers, log, isTTY, stop.signal)
      : startServer(config, log, isTTY, stop.signal));
    process.stdout.write(`${greeting(server, config).join('\n')}\n`);
    await stopped;
    log.info('stopping');
    await server.stop();
    log.info('stopped');
    return 0;
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return 0;
    const { what, fix } = explainFailure(error, config);
    process.stderr.write(`Ringback cannot start. ${what}\n${fix === null ? '' : `${fix}\n`}`);
    return 1;
  }
}

/**
 * What a person needs to go on. A curl line works as it is in any shell. Only a terminal gets a link that signs in, once: what is
 * printed elsewhere ends up in logs. The secret is behind the #, which browsers send nowhere.
 */
export function greeting({ url, publicUrl, adminToken, signInSecret }: Server, config: Config): string[] {
  const file = adminTokenFile(config.dataDir);
  const isInFile = config.adminToken === null;
  const token = isInFile ? `$(cat ${quote(file)})` : '$ADMIN_TOKEN';
  const signIn = `${config.publicUrl ?? url}/sign-in`;
  const link = signInSecret === null ? signIn : `${signIn}#token=${signInSecret} (once, within 10 minutes)`;
  return [
    `Ringback is listening on ${url}`,
    ...(findUi() === null
      ? ['  web UI: not built. Run "npm run build:ui" and start again; all else works without it']
      : [`  sign in: ${link}`]),
    ...(config.publicUrl === null ? [] : [`  copied URLs begin with: ${publicUrl}`]),
    `  documentation: ${config.publicUrl ?? url}/docs`,
    `  admin token: ${adminToken.madeIn === null ? '' : 'made just now, '}in ${isInFile ? file : 'the setting ADMIN_TOKEN'}`,
    '  try it:',
    `    curl -H "Authorization: Bearer ${token}" ${quote(`${url}/api/v1/account`)}`,
  ];
}

/** One word of a shell command. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}
