/** Sees to it that the program that tests start is built from the sources as they are. */
import { existsSync, globSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildServer } from '../../../build-server.ts';
import { builtFolder, projectFolder, ringback } from './process.ts';

const sources = ['src/**/*.*', 'docs/*.md', 'presets/**/*.json', 'package-lock.json'];

export default async function setup(): Promise<void> {
  const files = globSync(sources, { cwd: projectFolder });
  const newest = Math.max(...files.map((file) => statSync(join(projectFolder, file)).mtimeMs));
  if (newest < (statSync(ringback, { throwIfNoEntry: false })?.mtimeMs ?? 0)) return;
  await buildServer(builtFolder);
  const ui = join(builtFolder, 'ui');
  if (!existsSync(ui)) symlinkSync(join(projectFolder, 'ui'), ui);
}
