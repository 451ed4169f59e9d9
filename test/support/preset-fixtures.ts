/** The presets and their fixtures, as they lie in `/presets`. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

type Json = Record<string, unknown>;

export type PresetFile = {
  name: string;
  title: string;
  family: string;
  type: string;
  verify: unknown;
  notation?: string;
  macros?: Record<string, string>;
  mapping: { fields: Json };
  setup: string[];
  docs: string[];
  unconfirmed: string[];
};

/** One request as the platform sends it. POST, unless said otherwise. */
export type FixtureRequest = {
  method?: 'GET' | 'POST';
  /** to the webhook's batch */
  batch?: boolean;
  query?: Record<string, string>;
  form?: Record<string, string>;
  json?: unknown;
  ndjson?: unknown[];
};

export type Fixture = {
  title: string;
  /** calls that are there before */
  before?: Json[];
  requests: FixtureRequest[];
  /** all calls afterwards, with what of them is to be checked */
  calls: (Json & { call_log_id: string })[];
};

const folder = join(import.meta.dirname, '../../presets');

export function readPresets(): PresetFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => readJson<PresetFile>(join(folder, file)));
}

/** By the name of their file. */
export function readFixtures(preset: string): Map<string, Fixture> {
  const own = join(folder, 'fixtures', preset);
  return new Map(
    readdirSync(own).map((file) => [basename(file, '.json'), readJson<Fixture>(join(own, file))]),
  );
}

export function fixtureFolders(): string[] {
  return readdirSync(join(folder, 'fixtures'));
}

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, 'utf8'));
}
