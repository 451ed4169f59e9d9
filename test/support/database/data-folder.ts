import { spawnSync } from 'node:child_process';
import { inject } from 'vitest';

/** With owners, and much faster than `cp` where the kernel's copy_file_range is slow. */
export function copyFolder(from: string, to: string): void {
  const script = 'mkdir -p "$1" && tar -cf - -C "$0" . | tar -xpf - -C "$1"';
  const { status, stderr } = spawnSync('sh', ['-c', script, from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${from} is not copied: ${stderr}`);
}

/**
 * Makes a data folder with an embedded database that is migrated and has no account: a copy, which takes a fifth of what
 * making one takes. Where the run has none to copy, a server that starts on the folder makes it.
 */
export function copyDataFolder(to: string): void {
  const from = inject('dataFolder');
  if (from !== null) copyFolder(from, to);
}
