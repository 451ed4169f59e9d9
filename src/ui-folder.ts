import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the web UI lies that was built with this program; null where it was not built. */
export function findUi(): string | null {
  // Compiled, all lies in one folder.
  const place = import.meta.url.endsWith('.ts') ? '../ui/dist/' : './ui/';
  const folder = fileURLToPath(new URL(place, import.meta.url));
  return existsSync(`${folder}index.html`) ? folder : null;
}
