import { statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const inMemory = '/dev/shm';
/** A run keeps less than 1 GB there at once; the rest is room for programs. */
const roomBytesMin = 4 * 1024 ** 3;

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return Math.min(bavail * bsize, freemem()) >= roomBytesMin;
  } catch {
    return false; // not Linux
  }
}

/**
 * A folder for a test to remove: in memory where there is room. A database is a thousand files, and to make and to
 * remove them on a disk takes five times the CPU time.
 */
export function makeTemporaryFolder(): Promise<string> {
  return mkdtemp(join(hasRoom() ? inMemory : tmpdir(), 'ringback-test-'));
}

export function isInMemory(folder: string): boolean {
  return folder.startsWith(inMemory);
}
