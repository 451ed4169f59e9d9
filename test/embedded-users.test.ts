import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, lstat, readdir, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packagedNative } from '../src/store/database/embedded/binaries.ts';
import { copyNative } from '../src/store/database/embedded/copy-native.ts';
import { query, serverPid, start, startApp, tempFolder } from './fixtures/embedded-processes.ts';
import { madeDataDir, useTemplate } from './fixtures/embedded-template.ts';
import { copyFolder } from './support/database/data-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

function ownUid(): number {
  return Number(spawnSync('id', ['-u', 'ringback']).stdout.toString());
}

useTemplate();

const canOthersRead =
  isRoot &&
  spawnSync(process.execPath, ['--check', join(ROOT, 'test/fixtures/embedded-app.ts')], {
    uid: NOBODY,
    gid: NOBODY,
  }).status === 0;

describe.runIf(canOthersRead)('an ordinary user', () => {
  async function dataDirOf(uid: number): Promise<string> {
    const dataDir = await tempFolder();
    await chown(dataDir, uid, uid);
    return dataDir;
  }

  it('runs the server as itself', async () => {
    const dataDir = await dataDirOf(NOBODY);
    const app = startApp(dataDir, { uid: NOBODY, gid: NOBODY });
    expect(await query(await app.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(`/proc/${await serverPid(dataDir)}`)).uid).toBe(NOBODY);
    await app.kill('SIGTERM');
  });

  it('without a name is rejected with what to do', async () => {
    const app = startApp(await dataDirOf(12345), { uid: 12345, gid: 12345 });
    await expect(app.url).rejects.toThrow('Add this user to /etc/passwd');
  });

  it('gets the owner of the database in the error', async () => {
    const dataDir = await dataDirOf(1);
    await (await start(dataDir)).stop();
    await chown(dataDir, NOBODY, NOBODY);
    await rm(join(dataDir, 'ringback.lock'));
    await rm(join(dataDir, 'postgres.log'));
    const app = startApp(dataDir, { uid: NOBODY, gid: NOBODY });
    await expect(app.url).rejects.toThrow(/Start .*as the user that it belongs to/);
  });
});

describe.runIf(isRoot)('root', () => {
  it.each([
    ['the data folder’s owner', 1, 1],
    ['a separate user where root owns it', 0, null],
    ['a separate user where its owner has no name', 12345, null],
    ['a separate user where nobody owns it', NOBODY, null],
  ])('runs the server as %s', async (_who, owner, named) => {
    const dataDir = await tempFolder();
    await chown(dataDir, owner, owner);
    await start(dataDir);
    const uid = named ?? ownUid();
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(uid);
    expect((await stat(`/proc/${await serverPid(dataDir)}`)).uid).toBe(uid);
  });

  it('runs everything below a folder that only root can enter, and recovers there', async () => {
    const checkout = await tempFolder(); // mode 0700
    const packageFolder = dirname(packagedNative());
    for (const path of ['src/store', 'src/make-folder.ts', 'test/fixtures', 'package.json']) {
      await cp(join(ROOT, path), join(checkout, path), { recursive: true });
    }
    const inModules = packageFolder.slice(packageFolder.lastIndexOf('node_modules'));
    copyFolder(packageFolder, join(checkout, inModules));
    await symlink(join(ROOT, 'node_modules/pg'), join(checkout, 'node_modules/pg'));
    const tmp = await tempFolder();
    await chmod(tmp, 0o1777);
    const dataDir = join(checkout, 'data');
    const startThere = () =>
      startApp(dataDir, {
        script: join(checkout, 'test/fixtures/embedded-app.ts'),
        cwd: checkout,
        env: { ...process.env, TMPDIR: tmp },
      });

    const first = startThere();
    await query(await first.url, 'create table kept as select 1 as one');
    process.kill((await serverPid(dataDir)) ?? 0, 'SIGKILL');
    await first.kill('SIGKILL');
    const second = startThere();
    expect(await query(await second.url, 'select * from kept')).toEqual([{ one: 1 }]);
    await second.kill('SIGTERM');
    expect(await readdir(tmp)).toEqual([expect.stringMatching(/^ringback-postgres-[0-9a-f]{16}$/)]);
  });

  it('gives a data folder that was restored from a backup back to the server', async () => {
    const dataDir = await madeDataDir();
    spawnSync('chown', ['-R', '0:0', dataDir]);
    await chmod(join(dataDir, 'postgres'), 0o755);
    const { url } = await start(dataDir);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('uses a copy of the programs only when it is root’s own, and replaces a damaged one', async () => {
    const parent = await tempFolder();
    const native = packagedNative();
    const [copy, same] = await Promise.all([copyNative(native, parent), copyNative(native, parent)]);
    expect(same).toBe(copy);
    expect(await readdir(parent)).toHaveLength(1);
    const { ino } = await lstat(copy);
    await copyNative(native, parent);
    expect((await lstat(copy)).ino).toBe(ino);

    await rm(join(copy, 'bin', 'initdb'));
    await copyNative(native, parent);
    expect((await lstat(join(copy, 'bin', 'initdb'))).mode & 0o111).toBe(0o111);

    await chmod(copy, 0o777);
    await expect(copyNative(native, parent)).rejects.toThrow('is not root');
    await chmod(copy, 0o755);
    await chown(copy, NOBODY, NOBODY);
    await expect(copyNative(native, parent)).rejects.toThrow('is not root');
  });
});
