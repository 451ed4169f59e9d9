import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const project = import.meta.dirname;

/** What the code reads, which finds it by `projectFile` (src/project-file.ts). */
const files = ['package.json', 'docs/*.md', 'presets/{,outgoing/}*.json', 'src/**/*.{css,sql}'];

/**
 * Bundles src/ and the libraries it uses as plain JavaScript: Node.js strips no types below node_modules, and loads 50
 * files in half of the CPU time that 2,000 take.
 */
export async function buildServer(target: string): Promise<void> {
  const bundle = await rolldown({
    cwd: project,
    input: { main: 'src/main.ts', worker: 'src/worker.ts' },
    platform: 'node',
    external: ['pg-native'], // `pg` does without it
  });
  await bundle.write({ dir: target, chunkFileNames: '[name].js' });
  await bundle.close();
  for (const file of globSync(files, { cwd: project })) cpSync(join(project, file), join(target, file));
}
