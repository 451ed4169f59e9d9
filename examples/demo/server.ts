import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type DemoServer = {
  url: string;
  /** what the server believes to be called: Twilio signs this */
  publicUrl: string;
  token: string;
  twilioAuthToken: string;
  dataDir: string;
  /** Resolves when the server's process has ended, for whatever reason. */
  ended: Promise<unknown>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
};

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A real server, as `npm start` runs it, with nothing of this machine's settings but PORT and HOST. */
export async function startDemoServer(): Promise<DemoServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringback-demo-'));
  const twilioAuthToken = randomBytes(16).toString('hex');
  const child = spawn(process.execPath, [main, 'start'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: process.env['PORT'] || '0',
      DATA_DIR: dataDir,
      TWILIO_AUTH_TOKEN: twilioAuthToken,
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      ADMIN_TOKEN: '',
      PUBLIC_URL: '',
    },
  });
  const ended = once(child, 'exit');
  const endWithUs = () => child.kill();
  process.once('exit', endWithUs);
  const stop = async () => {
    child.kill();
    await ended;
    process.off('exit', endWithUs);
    await rm(dataDir, { recursive: true, force: true });
  };

  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const url = /listening on (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
      else if (line.startsWith('{')) console.error(line); // a warning of the server's log
    });
  });
  const url = await Promise.race([listening, ended.then(() => null)]);
  if (url === null) {
    await stop();
    throw new Error('The server ended before it listened.');
  }
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  return {
    url,
    publicUrl: `http://localhost:${new URL(url).port}`,
    token,
    twilioAuthToken,
    dataDir,
    ended,
    stop,
  };
}
