/** Conditions: what a source must say for a mapping or a row to be used. */
import { isJsonObject } from '../../values/json/json.ts';
import { plainText } from '../apply/request-values.ts';
import { type Condition, normalizeWord } from '../mapping.ts';
import type { MappingFaults } from './mapping-faults.ts';
import { parseSources } from './parse-source.ts';

const conditionsMax = 20;
const wordsMax = 1_000;

/** The conditions of a mapping or of a row; all of them must be met. */
export function parseConditions(json: unknown, at: string, faults: MappingFaults): Condition[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json) || json.length > conditionsMax) {
    faults.add(
      at,
      `Write a list of at most ${conditionsMax} conditions, such as [{"from":"event","in":["ended"]}].`,
    );
    return [];
  }
  return json.map((condition: unknown, index) => parseCondition(condition, `${at}/${index}`, faults));
}

function parseCondition(json: unknown, at: string, faults: MappingFaults): Condition {
  const words = new Set<string>();
  if (!isJsonObject(json)) {
    faults.add(at, 'Write a condition such as {"from":"event","in":["ended"]}.');
    return { sources: [], words };
  }
  faults.checkNames(json, at, ['from', 'in']);
  const list = json['in'];
  if (!Array.isArray(list) || list.length === 0 || list.length > wordsMax) {
    faults.add(`${at}/in`, `Write a list of 1 to ${wordsMax} words.`);
  } else {
    for (const [index, word] of list.entries()) {
      const text = plainText(word);
      if (text === undefined) faults.add(`${at}/in/${index}`, 'Write a text, a number or a boolean.');
      else words.add(normalizeWord(text));
    }
  }
  return { sources: parseSources(json['from'], `${at}/from`, faults), words };
}
