/** How a webhook reads its sender: its mapping on top of its preset's, and the scheme that proves the sender. */

import { type WebhookType, webhookTypes } from '../updates/fields/webhook-type.ts';
import { type Rejection, rejectFaults } from '../updates/rejection.ts';
import type { Fault } from '../values/fault.ts';
import { readVerify } from '../verify/read-verify.ts';
import type { Verify } from '../verify/verify.ts';
import type { Mapping, MappingJson } from './mapping.ts';
import { mergeMappings } from './merge-mappings.ts';
import type { OnUnreadable } from './on-unreadable.ts';
import { parseMapping } from './parse/parse-mapping.ts';
import type { Presets } from './preset.ts';

/** As a webhook's settings have them. */
export type SenderSettings = {
  preset: string | null;
  mapping: MappingJson | null;
  /** the name of a scheme, or an object with its settings; null: that of the preset */
  verify: unknown;
  onUnreadable: OnUnreadable;
};

/** @returns every fault of the settings, or the mapping; null where requests are read without one */
export function readMappingSettings(
  type: WebhookType,
  { preset: name, mapping: own }: Pick<SenderSettings, 'preset' | 'mapping'>,
  presets: Presets,
): Mapping | Fault[] | null {
  if (name === null) return own === null ? null : parseMapping(own, webhookTypes[type]);
  const preset = presets.get(name);
  if (preset === undefined) {
    const detail = `There is no preset "${name.slice(0, 100)}": GET /api/v1/presets lists them.`;
    return [{ field: 'preset', code: 'invalid_value', detail }];
  }
  if (preset.type !== type) {
    const detail = `The preset ${name} is for webhooks of type ${preset.type}: create one of that type.`;
    return [{ field: 'preset', code: 'invalid_value', detail }];
  }
  // What is no object is reported as such before it is merged.
  const ownFaults = own === null ? [] : parseMapping(Object.assign({ fields: {} }, own), webhookTypes[type]);
  if (Array.isArray(ownFaults) && ownFaults.length > 0) return ownFaults;
  return parseMapping(mergeMappings(preset.mapping, own), webhookTypes[type]);
}

/** The same for requests: settings that no longer fit, such as a preset that is gone, reject each of them. */
export function mappingOf(
  type: WebhookType,
  settings: Pick<SenderSettings, 'preset' | 'mapping'>,
  presets: Presets,
): Mapping | Rejection | null {
  const read = readMappingSettings(type, settings, presets);
  return Array.isArray(read) ? rejectFaults(read) : read;
}

/** The scheme of a webhook with secrets; Standard Webhooks where neither it nor its preset names one. */
export function verifyOf(
  { preset, verify }: Pick<SenderSettings, 'preset' | 'verify'>,
  presets: Presets,
): Verify {
  const named = verify ?? (preset === null ? null : presets.get(preset)?.verify) ?? 'standard_webhooks';
  const read = readVerify(named);
  if ('faults' in read) throw new Error(`a stored verify setting is not valid: ${JSON.stringify(named)}`);
  return read.verify;
}
