import { webhookTypeNames, webhookTypes } from '../updates/webhook-type.ts';
import type { Fault } from '../values/fault.ts';
import { isJsonObject } from '../values/json.ts';
import { readVerify } from '../verify/read-verify.ts';
import { MappingFaults } from './mapping-faults.ts';
import { parseMapping } from './parse-mapping.ts';
import type { Preset } from './preset.ts';

/** @returns the preset, or every fault of its file by its pointer */
export function parsePreset(json: unknown): Preset | Fault[] {
  const faults = new MappingFaults();
  const preset = isJsonObject(json) ? json : {};
  const { name, title, type, verify = null, mapping } = preset;
  if (typeof name !== 'string' || !/^[a-z0-9_]+$/.test(name))
    faults.add('/name', 'Write a name of a-z, 0-9 and _.');
  if (typeof title !== 'string' || title === '') faults.add('/title', 'Write the name of the platform.');
  const known = webhookTypeNames.find((one) => one === type);
  if (known === undefined) faults.add('/type', `Write one of: ${webhookTypeNames.join(', ')}.`);
  const read = verify === null ? null : readVerify(verify);
  if (read !== null && 'faults' in read) {
    for (const { pointer, detail } of read.faults) faults.add(`/verify${pointer}`, detail);
  }
  const parsed = known === undefined ? null : parseMapping(mapping, webhookTypes[known]);
  if (Array.isArray(parsed))
    faults.list.push(...parsed.map((one) => ({ ...one, field: `/mapping${one.field}` })));
  return faults.list.length > 0 ? faults.list : ({ ...preset, verify } as Preset); // every member was checked
}
