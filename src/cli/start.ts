import { adminTokenFile } from '../admin-token.ts';
import { ConfigError, readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { startServer } from '../server.ts';

/** Shutdown that takes longer is cut off (contract, section 4). */
const stopMsMax = 9_500;

/** Runs the server until SIGTERM or SIGINT. @returns the exit code */
export async function start(): Promise<number> {
  try {
    const config = readConfig();
    const log = createLog(config.logLevel);
    const server = await startServer(config, log);
    const { token, madeIn } = server.adminToken;
    const where = config.adminToken === null ? adminTokenFile(config.dataDir) : 'the setting ADMIN_TOKEN';
    print(`Ringback is listening on ${server.url}`);
    print(
      madeIn === null
        ? `The admin token is in ${where}`
        : `The admin token, shown this once and kept in ${where}: ${token}`,
    );
    print('Try it:');
    const shown = config.adminToken === null ? `$(cat '${where.replaceAll("'", `'\\''`)}')` : '$ADMIN_TOKEN';
    print(`  curl -H "Authorization: Bearer ${shown}" ${server.url}/api/v1/account`);
    await stopSignal();
    log.info('stopping');
    setTimeout(() => process.exit(1), stopMsMax).unref();
    await server.stop();
    log.info('stopped');
    return 0;
  } catch (error) {
    process.stderr.write(
      `Ringback cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    if (!(error instanceof ConfigError))
      process.stderr.write('Run "npm run ringback -- doctor" to see what to fix.\n');
    return 1;
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
