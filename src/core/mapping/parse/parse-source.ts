/** Sources as a mapping writes them: `click_id`, `query.NAME`, `header.NAME`, `/json/pointer`. */
import { Invalid } from '../../values/fault.ts';
import type { MappingSource } from '../mapping.ts';
import { parsePointer } from '../pointer.ts';
import type { MappingFaults } from './mapping-faults.ts';

const charsMax = 500;
const sourcesMax = 20;
export const keyNames = new Set(['auth_key', 'moja_auth_key']);
/** Headers that carry a key or a session: their content must not become a value that is stored and shown. */
export const secretHeaders = new Set(['authorization', 'proxy-authorization', 'x-auth-key', 'cookie']);

/** One source, or a list of them. */
export function parseSources(json: unknown, at: string, faults: MappingFaults): MappingSource[] {
  const isList = Array.isArray(json);
  const list: unknown[] = isList ? json : [json];
  if (list.length === 0 || list.length > sourcesMax) {
    faults.add(at, `Write 1 to ${sourcesMax} sources.`);
    return [];
  }
  return list.flatMap((one, index) => {
    const source = parseSource(one);
    if (!(source instanceof Invalid)) return [source];
    faults.add(isList ? `${at}/${index}` : at, source.detail);
    return [];
  });
}

function parseSource(text: unknown): MappingSource | Invalid {
  if (typeof text !== 'string' || text === '' || text.length > charsMax) {
    return new Invalid(
      `Write a source as text of 1 to ${charsMax} characters: a parameter name, query.NAME, header.NAME or a JSON Pointer such as /call/id.`,
    );
  }
  if (text.startsWith('/')) {
    const path = parsePointer(text);
    if (path === null) return new Invalid('Write ~ as ~0 and / as ~1 inside a name of a JSON Pointer.');
    return path.length === 1 && keyNames.has(path[0] ?? '') ? secret(text) : { text, kind: 'pointer', path };
  }
  const [, kind, named = ''] = /^(query|header)\.(.*)$/s.exec(text) ?? [];
  if (kind === undefined) return keyNames.has(text) ? secret(text) : { text, kind: 'parameter', name: text };
  if (named === '') return new Invalid(`Write a name after "${kind}.".`);
  if (kind === 'query') return keyNames.has(named) ? secret(text) : { text, kind: 'query', name: named };
  const name = named.toLowerCase();
  return secretHeaders.has(name) ? secret(text) : { text, kind: 'header', name };
}

function secret(text: string): Invalid {
  return new Invalid(`Read another source: ${text} carries a key, which is never stored.`);
}
