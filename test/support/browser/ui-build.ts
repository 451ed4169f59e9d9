/** Sees to it that the web UI that tests drive is built from the sources as they are. */
import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { projectFolder } from '../programs/process.ts';

const changedAt = (file: string) =>
  statSync(`${projectFolder}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export default function setup(): void {
  const sources = globSync('ui/{*.{ts,html},public/**,src/**/*.*}', { cwd: projectFolder });
  const newest = Math.max(...sources.map(changedAt), changedAt('package-lock.json'));
  if (newest < changedAt('ui/dist/index.html')) return;
  execFileSync(process.execPath, ['ui/build.ts'], { cwd: projectFolder, stdio: 'inherit' });
}
