/** The fixtures of the presets (`/presets/fixtures`). */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

type Json = Record<string, unknown>;

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
  /** the platform sends the last one when the call has long ended */
  isLastLate?: boolean;
  /** all calls afterwards, with what of them is to be checked */
  calls: (Json & { call_log_id: string })[];
};

const folder = join(import.meta.dirname, '../../../presets/fixtures');

/** By the name of their file. */
export function readFixtures(preset: string): Map<string, Fixture> {
  const own = join(folder, preset);
  return new Map(
    readdirSync(own).map((file) => [basename(file, '.json'), readJson<Fixture>(join(own, file))]),
  );
}

export function fixtureFolders(): string[] {
  return readdirSync(folder);
}

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, 'utf8'));
}
