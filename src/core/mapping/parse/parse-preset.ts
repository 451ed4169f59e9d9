import { webhookTypeNames, webhookTypes } from '../../updates/fields/webhook-type.ts';
import type { Fault } from '../../values/fault.ts';
import { isJsonObject } from '../../values/json/json.ts';
import { readVerify } from '../../verify/read-verify.ts';
import { type Preset, presetFamilies } from '../preset.ts';
import { MappingFaults } from './mapping-faults.ts';
import { parseMapping } from './parse-mapping.ts';

const names = [
  'name',
  'title',
  'family',
  'type',
  'verify',
  'notation',
  'macros',
  'mapping',
  'setup',
  'docs',
  'unconfirmed',
];

/** @returns the preset, or every fault of its file by its pointer */
export function parsePreset(json: unknown): Preset | Fault[] {
  const faults = new MappingFaults();
  const file: Partial<Preset> = isJsonObject(json) ? json : {};
  faults.checkNames(file, '', names);
  const { verify: scheme = null, notation: form = '', macros: added = {}, unconfirmed: open = [] } = file;
  const preset = { ...file, verify: scheme, notation: form, macros: added, unconfirmed: open } as Preset; // what is missing or of another kind is a fault
  const { name, title, family, type, verify, notation, macros, mapping } = preset;
  if (!isText(name) || !/^[a-z0-9_]+$/.test(name)) faults.add('/name', 'Write a name of a-z, 0-9 and _.');
  if (!isText(title)) faults.add('/title', 'Write the name of the platform.');
  if (!presetFamilies.includes(family)) faults.add('/family', `Write one of: ${presetFamilies.join(', ')}.`);
  if (typeof notation !== 'string') faults.add('/notation', 'Write how a macro looks, such as […].');
  if (!isJsonObject(macros) || !Object.values(macros).every(isText))
    faults.add('/macros', 'Write an object of parameters and the macro of each.');
  for (const list of ['setup', 'docs', 'unconfirmed'] as const) {
    const texts: unknown = preset[list];
    const isOptional = list === 'unconfirmed';
    if (!Array.isArray(texts) || !texts.every(isText) || (texts.length === 0 && !isOptional))
      faults.add(`/${list}`, 'Write a list of texts.');
  }
  const read = verify === null ? null : readVerify(verify);
  if (read !== null && 'faults' in read) {
    for (const { pointer, detail } of read.faults) faults.add(`/verify${pointer}`, detail);
  }
  const known = webhookTypeNames.find((one) => one === type);
  if (known === undefined) faults.add('/type', `Write one of: ${webhookTypeNames.join(', ')}.`);
  const parsed = known === undefined ? null : parseMapping(mapping, webhookTypes[known]);
  if (Array.isArray(parsed))
    faults.list.push(...parsed.map((one) => ({ ...one, field: `/mapping${one.field}` })));
  return faults.list.length > 0 ? faults.list : preset;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
