#!/usr/bin/env node
/** Node's version is checked before anything is imported that an older one cannot load. */
import { join } from 'node:path';

const nodeMajorMin = 24;

if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
  process.stderr.write(
    `Ringback needs Node.js ${nodeMajorMin} or newer; this is ${process.versions.node}. ` +
      'Run it through npm ("npm start"), which uses the Node.js that "npm ci" installed, or update Node.js.\n',
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  // Half of the CPU time of a start, and of the workers. Where the folder cannot be written, nothing is kept.
  process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '../node_modules/.cache/compiled');
  enableCompileCache();
  const { runCli } = await import('./cli/cli.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}
