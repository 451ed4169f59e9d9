import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../support/database.ts';
import { makeFolder, projectFolder, runProcess, startProcess } from '../../support/programs/process.ts';

test('the build runs below node_modules, where Node.js takes plain JavaScript only', async () => {
  const installed = join(await makeFolder(), 'node_modules', 'ringback');
  await mkdir(installed, { recursive: true });
  await copyFile(join(projectFolder, 'package.json'), join(installed, 'package.json'));
  await symlink(join(projectFolder, 'node_modules'), join(installed, 'node_modules'));
  expect(await runProcess(['build.ts', join(installed, 'dist')])).toMatchObject({ code: 0, stderr: '' });

  const main = join(installed, 'dist', 'main.js');
  const help = await runProcess([main, '--help']);
  expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: ringback') });

  // With its migrations, and with what it reads from package.json.
  const database = await createTestDatabase({ isEmpty: true });
  onTestFinished(() => database.drop());
  const token = 'test-admin-token-0001';
  const env = { DATABASE_URL: database.url, DATA_DIR: await makeFolder(), PORT: '0', ADMIN_TOKEN: token };
  const server = startProcess([main, 'start'], { env });
  const [, url] = await server.waitFor(/listening on (http:\S+)/);
  const api = await (await fetch(`${url}/openapi.json`)).json();
  expect(await (await fetch(`${url}/sign-in`)).text()).toContain('<title>Ringback</title>');
  for (const [path, folder] of [
    ['presets', 'presets'],
    ['presets?kind=outgoing', 'presets/outgoing'],
  ]) {
    const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
    const files = (await readdir(join(projectFolder, folder ?? ''))).filter((file) => file.endsWith('.json'));
    const { items } = (await response.json()) as { items: unknown[] }; // the form of a list
    expect(items).toHaveLength(files.length);
  }
  const { stdout: version } = await runProcess([main, '--version']);
  expect(api).toMatchObject({ info: { title: 'Ringback', version: version.trim() } });
});

test('the build does not replace a folder that holds something else', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'letter.txt'), 'dear');
  const { code, stderr } = await runProcess(['build.ts', folder]);
  expect(code).toBe(1);
  expect(stderr).toContain('holds something else');
  await expect(copyFile(join(folder, 'letter.txt'), join(folder, 'copy.txt'))).resolves.toBeUndefined();
});
