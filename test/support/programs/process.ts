/** Programs of the project as processes of their own, without the settings of the user who runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFailed, onTestFinished } from 'vitest';
import { copyDataFolder } from '../database/data-folder.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

export const projectFolder = fileURLToPath(new URL('../../../', import.meta.url));
export const builtFolder = join(projectFolder, 'node_modules/.cache/server');

const { scripts } = JSON.parse(readFileSync(`${projectFolder}package.json`, 'utf8')) as {
  scripts: { start: string }; // our own file
};
/** The command line as `npm run build` makes it, from the sources as they are: see server-build.ts. */
export const ringback = join(builtFolder, 'main.js');
/** What `npm start` runs Node with, so that tests do not see another heap than users have. */
export const sourceStartArgs = scripts.start.replace(/^exec node /, '').split(' ');
export const startArgs = sourceStartArgs.map((arg) => (arg === 'src/main.ts' ? ringback : arg));

export type Ended = { code: number | null; stdout: string; stderr: string };
export type ProcessOptions = { env?: Record<string, string>; cwd?: string; command?: string };

const settingNames =
  /^(PORT|HOST|PUBLIC_URL|DATABASE_URL|DATA_DIR|RINGBACK_URL|ADMIN_TOKEN|TWILIO_AUTH_TOKEN|LIVE_CALL_HOURS_MAX|TRUSTED_PROXIES|OUTGOING_ALLOWED_NETWORKS|OIDC_\w+|SMTP_URL|MAIL_FROM|RETAIN_\w+|LOG_LEVEL|LOG_POSTBACKS)$/;

export class RunningProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  stdout = '';
  stderr = '';

  constructor(args: string[], { env = {}, cwd = projectFolder, command = process.execPath }: ProcessOptions) {
    const inherited = Object.entries(process.env).filter(([name]) => !settingNames.test(name));
    this.#child = spawn(command, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#closed = once(this.#child, 'close');
  }

  /** Prints all output of the process where the test fails. */
  printOnFailure(): void {
    onTestFailed(() => {
      process.stderr.write(`${this.#child.spawnargs.join(' ')}\n${this.stdout}${this.stderr}\n`);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the match when standard output has it; rejects with all output when the process ends before. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match) return match;
      const { stdout } = this.#child;
      if (!stdout || !this.isRunning) {
        await this.#closed;
        const last = pattern.exec(this.stdout);
        if (last) return last;
        throw new Error(`it ended without ${pattern}: ${this.stdout}${this.stderr}`);
      }
      await Promise.race([once(stdout, 'data'), this.#closed]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process has ended, with all that it printed. */
  async end(): Promise<Ended> {
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Starts a program of the project; the test's end ends it. */
export function startProcess(args: string[], options: ProcessOptions = {}): RunningProcess {
  const running = new RunningProcess(args, options);
  running.printOnFailure();
  onTestFinished(async () => {
    // Not killed at once: a server has to stop its database.
    running.signal('SIGTERM');
    await running.end();
  });
  return running;
}

/** Runs a program of the project to its end. */
export function runProcess(args: string[], options: ProcessOptions = {}): Promise<Ended> {
  return startProcess(args, options).end();
}

/** Runs `ringback` with these arguments. */
export function runRingback(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return runProcess([ringback, ...args], { env });
}

/** `ringback start`, listening: with where it listens. */
export async function startRingback(
  env: Record<string, string>,
): Promise<{ running: RunningProcess; url: string }> {
  const running = startProcess(startArgs, { env: { PORT: '0', ...env } });
  const [, url = ''] = await running.waitFor(/listening on (http:\S+)[\s\S]*account'?\n/);
  return { running, url };
}

/** A data folder whose embedded database is there, without an account; removed after the test. */
export async function makeDataFolder(): Promise<string> {
  const folder = join(await makeFolder(), 'data');
  copyDataFolder(folder);
  return folder;
}

/** A folder of this test, removed after it. */
export async function makeFolder(): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
