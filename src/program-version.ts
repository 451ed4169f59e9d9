import { readFileSync } from 'node:fs';

const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Of Ringback, as its package.json has it. */
export const programVersion = (manifest as { version: string }).version; // our own file
