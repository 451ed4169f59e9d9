import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { projectFile } from './project-file.ts';

/** Where the web UI lies that was built with this program; null where it was not built. */
export function findUi(): string | null {
  const folder = fileURLToPath(projectFile('ui/dist/'));
  return existsSync(`${folder}index.html`) ? folder : null;
}
