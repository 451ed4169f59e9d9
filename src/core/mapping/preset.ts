import type { WebhookType } from '../updates/fields/webhook-type.ts';
import type { MappingJson } from './mapping.ts';

/** A platform, ready to choose: one file in `/presets`. */
export type Preset = {
  name: string;
  /** the platform's own name */
  title: string;
  family: PresetFamily;
  /** of the webhooks that can use it */
  type: WebhookType;
  /** the platform's scheme of proving its requests; null: it has none */
  verify: unknown;
  /** how a macro looks there, such as `[…]`; empty: there are none */
  notation: string;
  /** the parameters that are added to the webhook's URL, with the platform's macros as their values */
  macros: Record<string, string>;
  mapping: MappingJson;
  /** what to do at the platform, step by step; `{url}` is the webhook's URL, and backticks hold what is typed */
  setup: string[];
  /** where the platform documents its requests */
  docs: string[];
  /** what that documentation does not say */
  unconfirmed: string[];
};

export type Presets = ReadonlyMap<string, Preset>;

export const presetFamilies = [
  'telephony',
  'pbx',
  'call tracking',
  'pay per call',
  'tracker',
  'crm',
] as const;
export type PresetFamily = (typeof presetFamilies)[number];
