import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerUser } from '../server-user.ts';

/**
 * Nothing of this process's own environment but the search path: the admin token stays out of the server's, and
 * neither PGPORT nor the locale nor the time zone of who starts Ringback changes how the database is made.
 */
export const programEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/** Runs one of PostgreSQL's short-lived programs. Resolves with what it printed; rejects as `execFile` does. */
export async function runProgram(
  file: string,
  args: string[],
  options: { cwd: string; user: ServerUser },
): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: options.cwd,
    env: programEnv,
    ...options.user,
  });
  return stdout;
}
