/** The product itself, as `npm start` runs it, on a data folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Product = { url: string; token: string; stop(): Promise<void> };

/** Any will do: the server listens on this machine alone, for as long as the measurement runs. */
const token = 'bench-admin-token-0001';

export async function startProduct(dataDir: string): Promise<Product> {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts');
  const child = spawn(process.execPath, ['--max-semi-space-size=16', main, 'start'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      DATABASE_URL: '',
      ADMIN_TOKEN: token,
      PORT: '0',
      LOG_LEVEL: 'warn',
    },
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listening on (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, token, stop };
  }
  throw new Error('the server ended before it listened');
}
