/** The presets that ship with Ringback: `/presets/*.json`, one file a platform. A broken one fails the start. */
import { readdirSync, readFileSync } from 'node:fs';
import { parsePreset } from './core/mapping/parse/parse-preset.ts';
import type { Preset, Presets } from './core/mapping/preset.ts';
import { projectFile } from './project-file.ts';

const folder = projectFile('presets/');

let loaded: Presets | undefined;

/** By name, in the order of their titles; read once. */
export function loadPresets(): Presets {
  loaded ??= readPresets();
  return loaded;
}

function readPresets(): Presets {
  const presets = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => loadPreset(file));
  presets.sort((one, other) => one.title.localeCompare(other.title, 'en'));
  return new Map(presets.map((preset) => [preset.name, preset]));
}

function loadPreset(file: string): Preset {
  const json: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  const preset = parsePreset(json);
  if (Array.isArray(preset)) {
    const faults = preset.map(({ field, detail }) => `${field}: ${detail}`).join('\n');
    throw new Error(`presets/${file} is not valid:\n${faults}`);
  }
  if (`${preset.name}.json` !== file)
    throw new Error(`presets/${file} must have the name ${file.slice(0, -5)}`);
  return preset;
}
