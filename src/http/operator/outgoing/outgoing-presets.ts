import { readdirSync, readFileSync } from 'node:fs';
import type { OutgoingPreset } from '../../../core/outgoing/preset.ts';
import { projectFile } from '../../../project-file.ts';

const folder = projectFile('presets/outgoing/');

/** By name; read once. */
export const outgoingPresets: ReadonlyMap<string, OutgoingPreset> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const preset = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as OutgoingPreset; // our own files
      return [preset.name, preset];
    }),
);
