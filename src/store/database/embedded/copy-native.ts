import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

/**
 * Copies a package's `native` folder, as root, into a folder of `parent` that all users can read and only root can
 * change, and returns it. The folder is named after what it holds, so starts of one version share one copy.
 * A copy appears complete or not at all. Rejects when another folder has the name.
 */
export async function copyNative(native: string, parent: string): Promise<string> {
  const files = await listFiles(native);
  const packageText = await readFile(join(dirname(native), 'package.json'), 'utf8');
  const digest = createHash('sha256')
    .update(JSON.stringify([files, packageText]))
    .digest('hex');
  const target = join(parent, `ringback-postgres-${digest.slice(0, 16)}`);
  if (await isWholeCopy(target, files)) return target;

  const fresh = await mkdtemp(`${target}.`);
  try {
    await copyFolder(native, fresh);
    await moveInPlace(fresh, target, files);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return target;
}

type ListedFile = { path: string; sizeBytes: number };

async function listFiles(folder: string): Promise<ListedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: relative(folder, path), sizeBytes: (await lstat(path)).size };
      }),
  );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** False for none, or one that a cleaner of temporary files went through. */
async function isWholeCopy(target: string, files: ListedFile[]): Promise<boolean> {
  const found = await lstat(target).catch(() => undefined);
  if (!found) return false;
  // Anybody can make a folder of this name in a temporary folder; what it holds would run with the database's rights.
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(
      `${target} is not root's own folder (owner ${found.uid}, mode ${(found.mode & 0o7777).toString(8)}): see who made it, then remove it`,
    );
  }
  return JSON.stringify(await listFiles(target)) === JSON.stringify(files);
}

/**
 * Readable for all, whatever the umask was when npm unpacked the package. Not with `fs.cp`: where the kernel's
 * copy_file_range is slow, that took 1.5 s instead of 0.2 s.
 */
async function copyFolder(from: string, to: string): Promise<void> {
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyFolder(source, target);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else {
      await writeFile(target, await readFile(source));
      // The sticky bit tells systemd-tmpfiles to keep a file that is not read for long.
      await chmod(target, basename(from) === 'bin' ? 0o1755 : 0o1644);
    }
  }
}

/** Two starts may do this at the same time: the first wins, and only a copy that is not whole is replaced. */
async function moveInPlace(fresh: string, target: string, files: ListedFile[]): Promise<void> {
  try {
    await rename(fresh, target);
  } catch (error) {
    if (await isWholeCopy(target, files)) return;
    const old = `${fresh}.old`;
    await rename(target, old).catch(() => Promise.reject(error));
    await rename(fresh, target);
    await rm(old, { recursive: true, force: true });
  }
}
