/**
 * Builds the server, with the web UI beside it, for packaging.
 *
 *   node build.ts [FOLDER]
 *
 * FOLDER (./dist) must lie below a folder with the embedded PostgreSQL in its node_modules.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildServer } from './build-server.ts';

const root = import.meta.dirname;
const target = resolve(process.argv[2] ?? join(root, 'dist'));
const entry = join(target, 'main.js');

if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(entry)) {
  throw new Error(`${target} holds something else than a build: move it away, or name another folder.`);
}
rmSync(target, { recursive: true, force: true });
await buildServer(target);
execFileSync(process.execPath, [join(root, 'ui', 'build.ts'), join(target, 'ui', 'dist')], {
  stdio: 'inherit',
});

// What cannot run is no build: the command line answers, and the code of each command loads.
const modules = globSync('*.js', { cwd: target, exclude: ['main.js', 'worker.js'] });
const imports = modules
  .map((file) => `import ${JSON.stringify(pathToFileURL(join(target, file)).href)};`)
  .join('\n');
for (const args of [
  [entry, '--help'],
  ['--input-type=module', '--eval', imports],
]) {
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
console.log(`Built ${target}`);
