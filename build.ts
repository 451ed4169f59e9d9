/**
 * Emits src/ as plain JavaScript, with the web UI beside it: Node.js strips no types below node_modules, so an
 * installed Ringback needs it.
 *
 *   node build.ts [FOLDER]
 *
 * FOLDER (./dist) must lie beside a package.json, as src/ does: the program reads its version there.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = import.meta.dirname;
const source = join(root, 'src');
const target = resolve(process.argv[2] ?? join(root, 'dist'));
const entry = join(target, 'main.js');

if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(entry)) {
  throw new Error(`${target} holds something else than a build: move it away, or name another folder.`);
}
rmSync(target, { recursive: true, force: true });
const compiler = join(root, 'node_modules', '.bin', 'tsc');
const project = join(root, 'tsconfig.build.json');
execFileSync(compiler, ['--project', project, '--outDir', target], { stdio: 'inherit' });
// The migrations, and whatever else is read beside the code.
cpSync(source, target, { recursive: true, filter: (path) => !path.endsWith('.ts') });
for (const file of globSync('*.md', { cwd: join(root, 'docs') })) {
  cpSync(join(root, 'docs', file), join(target, 'docs', file));
}
for (const file of globSync('{,outgoing/}*.json', { cwd: join(root, 'presets') })) {
  cpSync(join(root, 'presets', file), join(target, 'presets', file));
}

execFileSync(process.execPath, [join(root, 'ui', 'build.ts'), join(target, 'ui')], { stdio: 'inherit' });

// What cannot run is no build: the command line answers, and the code of each command loads.
const modules = globSync(join(target, 'cli', '**', '*.js')).map((file) => pathToFileURL(file).href);
const imports = modules.map((url) => `import ${JSON.stringify(url)};`).join('\n');
for (const args of [
  [entry, '--help'],
  ['--input-type=module', '--eval', imports],
]) {
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
console.log(`Built ${target}`);
