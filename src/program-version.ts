import { readFileSync } from 'node:fs';
import { projectFile } from './project-file.ts';

const manifest: unknown = JSON.parse(readFileSync(projectFile('package.json'), 'utf8'));

/** Of Ringback, as its package.json has it. */
export const programVersion = (manifest as { version: string }).version; // our own file
