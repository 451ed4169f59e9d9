import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

const SIZE_BYTES_MAX = 10_000_000;
const TAIL_LINES = 10;

export type ServerLog = {
  path: string;
  /** To write to; the caller closes it. */
  file: FileHandle;
  sizeBytes(): Promise<number>;
  /** The last lines written since this was opened. */
  tail(): Promise<string>;
};

/**
 * `<dataDir>/postgres.log`, a file and not a pipe so that the server can write while the app is busy or gone.
 * One that has grown large is set aside as `postgres.log.1`, whose predecessor goes.
 */
export async function openServerLog(dataDir: string): Promise<ServerLog> {
  const path = join(dataDir, 'postgres.log');
  const before = await stat(path).catch(() => undefined);
  if (before && before.size > SIZE_BYTES_MAX) await rename(path, `${path}.1`);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  // Not through a link: the folder may belong to a user with fewer rights than this process has.
  const file = await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  const start = (await file.stat()).size;
  return {
    path,
    file,
    sizeBytes: () =>
      stat(path).then(
        ({ size }) => size,
        () => 0, // removed meanwhile: no reason not to start
      ),
    tail: async () => {
      const written = (await readFile(path).catch(() => Buffer.alloc(0))).subarray(start).toString();
      return written.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    },
  };
}
