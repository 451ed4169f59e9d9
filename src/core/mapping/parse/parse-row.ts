import { isJsonObject, textOf } from '../../values/json/json.ts';
import { isTimeZone } from '../../values/time/instant.ts';
import {
  type Constant,
  type Conversion,
  conversionNames,
  type MappingRow,
  normalizeWord,
  timeFormats,
  type UnknownWord,
} from '../mapping.ts';
import { pointerToken } from '../pointer.ts';
import type { MappingFaults } from './mapping-faults.ts';
import { parseConditions } from './parse-conditions.ts';
import { parseSources } from './parse-source.ts';

type RowContent = Omit<MappingRow, 'name' | 'field' | 'tagKey'>;
type Json = Record<string, unknown>;

const rowNames = ['from', 'when', 'value', 'join', 'words', 'else', 'as'];
const optionNames = ['decimal', 'thousands', 'currency', 'unit', 'format', 'zone'];
const wordsMax = 1_000;
const charsMax = 1_000;

/** @param at pointer of the row, for its errors */
export function parseRow(json: unknown, at: string, faults: MappingFaults): RowContent {
  const plain = { when: [], join: null, words: null, otherwise: 'refuse', conversion: null } as const;
  if (typeof json === 'string') return { content: { sources: parseSources(json, at, faults) }, ...plain };
  if (!isJsonObject(json)) {
    faults.add(at, 'Write a source, such as "click_id", or an object such as {"from":"click_id"}.');
    return { content: { sources: [] }, ...plain };
  }
  faults.checkNames(json, at, [...rowNames, ...optionNames]);
  const when = parseConditions(json['when'], `${at}/when`, faults);
  if (Object.hasOwn(json, 'value'))
    return { content: { constant: parseConstant(json, at, faults) }, ...plain, when };
  if (json['from'] === undefined) {
    faults.add(at, 'Write "from" with where the value is read, or "value" with a constant.');
    return { content: { sources: [] }, ...plain };
  }
  const words = parseWords(json['words'], `${at}/words`, faults);
  return {
    content: { sources: parseSources(json['from'], `${at}/from`, faults) },
    when,
    join: parseJoin(json, at, faults),
    words,
    otherwise: parseElse(json, words !== null, at, faults),
    conversion: parseConversion(json, at, faults),
  };
}

function parseConstant(json: Json, at: string, faults: MappingFaults): unknown {
  for (const name of Object.keys(json)) {
    if (!['value', 'when'].includes(name) && [...rowNames, ...optionNames].includes(name)) {
      faults.add(`${at}/${name}`, 'Remove this: a constant has only "value" and "when".');
    }
  }
  return json['value'];
}

function parseJoin({ join, from }: Json, at: string, faults: MappingFaults): string | null {
  if (join === undefined) return null;
  if (typeof join !== 'string' || join.length > 20)
    faults.add(`${at}/join`, 'Write a text of at most 20 characters.');
  else if (!Array.isArray(from))
    faults.add(`${at}/join`, 'Write the sources that are joined as a list in "from".');
  else return join;
  return null;
}

function parseWords(json: unknown, at: string, faults: MappingFaults): Map<string, Constant> | null {
  if (json === undefined) return null;
  const words = new Map<string, Constant>();
  const entries = isJsonObject(json) ? Object.entries(json) : [];
  if (entries.length === 0 || entries.length > wordsMax) {
    faults.add(at, `Write an object of 1 to ${wordsMax} words and what each means, such as {"sold":true}.`);
  }
  for (const [word, value] of entries.slice(0, wordsMax)) {
    const key = normalizeWord(word);
    const pointer = `${at}${pointerToken(word)}`;
    const constant = constantOf(value);
    if (constant === undefined) faults.add(pointer, 'Write a text, a number, a boolean or null.');
    else if (words.has(key) && words.get(key) !== constant) {
      faults.add(
        pointer,
        'Remove one of two: words are compared without regard to case and outer whitespace.',
      );
    } else words.set(key, constant);
  }
  return words;
}

function parseElse(json: Json, hasWords: boolean, at: string, faults: MappingFaults): UnknownWord {
  const { else: other } = json;
  if (other === undefined) return 'refuse';
  const isForNumbers = json['as'] === 'phone' && other === 'ignore';
  if (!hasWords && !isForNumbers)
    faults.add(`${at}/else`, 'Write "words" too: "else" is for a word that is not among them.');
  if (other === 'refuse' || other === 'ignore' || other === 'as_is') return other;
  const value = constantOf(other);
  if (value !== undefined) return { value };
  faults.add(`${at}/else`, 'Write refuse, ignore, as_is, or a value.');
  return 'refuse';
}

/** The options that each conversion takes. */
const optionsOf = {
  text: [],
  boolean: [],
  phone: ['format'],
  milliseconds: [],
  money: ['decimal', 'thousands', 'currency', 'unit'],
  seconds: ['unit'],
  time: ['format', 'zone'],
} as const satisfies Record<(typeof conversionNames)[number], readonly string[]>;

function parseConversion(json: Json, at: string, faults: MappingFaults): Conversion | null {
  const as = json['as'] === undefined ? null : conversionNames.find((name) => name === json['as']);
  if (as === undefined) {
    faults.add(`${at}/as`, `Write one of: ${conversionNames.join(', ')}.`);
    return null;
  }
  const allowed: readonly string[] = as === null ? [] : optionsOf[as];
  for (const name of optionNames) {
    if (json[name] !== undefined && !allowed.includes(name)) {
      faults.add(
        `${at}/${name}`,
        as === null ? `Write "as" too: ${name} says how it is read.` : `Remove this: "${as}" has no ${name}.`,
      );
    }
  }
  const option = new Options(json, at, faults);
  switch (as) {
    case null:
      return null;
    case 'money':
      return option.money();
    case 'time':
      return { as, format: option.choice('format', timeFormats), zone: option.zone() };
    case 'seconds':
      return {
        as,
        isMilliseconds: option.choice('unit', ['seconds', 'milliseconds', 'hh:mm:ss']) === 'milliseconds',
      };
    case 'phone':
      return { as, isE164: option.choice('format', ['e164']) !== null };
    case 'milliseconds':
      return { as: 'seconds', isMilliseconds: true };
    default:
      return { as };
  }
}

class Options {
  readonly #json: Json;
  readonly #at: string;
  readonly #faults: MappingFaults;

  constructor(json: Json, at: string, faults: MappingFaults) {
    this.#json = json;
    this.#at = at;
    this.#faults = faults;
  }

  money(): Conversion {
    const decimal = this.#sign('decimal') ?? '.';
    const thousands = this.#sign('thousands');
    if (thousands === decimal) {
      this.#faults.add(`${this.#at}/thousands`, 'Write another separator: this one is the decimal sign.');
    }
    const isCents = this.choice('unit', ['cents']) !== null;
    return { as: 'money', decimal, thousands, currency: this.#currency(), isCents };
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.#json[name];
    if (value === undefined) return null;
    const choice = choices.find((one) => one === value);
    if (choice === undefined) this.#faults.add(`${this.#at}/${name}`, `Write one of: ${choices.join(', ')}.`);
    return choice ?? null;
  }

  zone(): string | null {
    const { zone } = this.#json;
    if (zone === undefined) return null;
    if (typeof zone === 'string' && isTimeZone(zone)) return zone;
    this.#faults.add(`${this.#at}/zone`, 'Write the name of a time zone, such as America/New_York.');
    return null;
  }

  #sign(name: 'decimal' | 'thousands'): string | null {
    const value = this.#json[name];
    if (value === undefined || (name === 'thousands' && value === '')) return null;
    if (typeof value === 'string' && /^[.,' \u2019_]$/.test(value)) return value;
    this.#faults.add(`${this.#at}/${name}`, 'Write one of: point, comma, apostrophe, space.');
    return null;
  }

  #currency(): string | null {
    const { currency } = this.#json;
    if (currency === undefined || currency === '') return null;
    if (typeof currency === 'string' && currency.length <= 10 && /^[^\d.,+()-]+$/.test(currency))
      return currency.trim();
    this.#faults.add(`${this.#at}/currency`, 'Write a currency sign or code, such as $ or USD.');
    return null;
  }
}

/** A value that a word or a constant may mean; undefined for anything else. Digits stay as they were written. */
function constantOf(value: unknown): Constant | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  const text = textOf(value);
  return text === undefined || text.length > charsMax ? undefined : text;
}
