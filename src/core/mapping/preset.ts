import type { WebhookType } from '../updates/webhook-type.ts';
import type { MappingJson } from './mapping.ts';

/** A named mapping that ships with Ringback: one file in `/presets`. */
export type Preset = {
  name: string;
  /** the platform's own name */
  title: string;
  /** of the webhooks that can use it */
  type: WebhookType;
  /** the platform's scheme of proving its requests; null: it has none */
  verify: unknown;
  mapping: MappingJson;
  /** what to do at the platform, and what is known about its requests */
  [note: string]: unknown;
};

export type Presets = ReadonlyMap<string, Preset>;
