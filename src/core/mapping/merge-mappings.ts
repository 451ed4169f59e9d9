import type { MappingJson } from './mapping.ts';

/** A webhook's own mapping on top of its preset's: its rows replace those of the same name, null removes one. */
export function mergeMappings(preset: MappingJson, own: MappingJson | null): MappingJson {
  return own === null ? preset : { ...preset, ...own, fields: { ...preset.fields, ...own.fields } };
}
