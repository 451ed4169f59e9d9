/** What a mapping reads: one request, or one record of it. */
import { textOf } from '../../values/json/json.ts';
import type { MappingSource } from '../mapping.ts';
import { ownMember, readPointer } from '../pointer.ts';

type Pairs = Iterable<[string, string]>;

export type MappingRequest = {
  /** the JSON body, as `parseJson` gives it; undefined where there is none */
  body: unknown;
  /** the parameters of a form */
  form: Pairs | null;
  query: Pairs;
  /** names in lower case */
  headers: Readonly<Record<string, string | string[] | undefined>>;
};

/** A value as a source gave it. */
export type FoundValue = {
  value: unknown;
  /** from a query, form or header, where everything is text */
  isText: boolean;
};

/** Reads the sources of a mapping in one record of a request. */
export class RequestValues {
  readonly #record: unknown;
  readonly #body: unknown;
  readonly #form: ReadonlyMap<string, string[]>;
  readonly #query: ReadonlyMap<string, string[]>;
  readonly #headers: MappingRequest['headers'];

  /** @param record the part of the body that `each` selects; without `each`, the body */
  constructor({ body, form, query, headers }: MappingRequest, record: unknown) {
    this.#record = record;
    this.#body = body;
    this.#form = byName(form ?? []);
    this.#query = byName(query);
    this.#headers = headers;
  }

  /** All values that a source has: several where a parameter is repeated, none where it is absent. */
  read(source: MappingSource): FoundValue[] {
    switch (source.kind) {
      case 'query':
        return texts(this.#query.get(source.name));
      case 'header':
        return texts([ownMember(this.#headers, source.name) ?? []].flat().map(String));
      case 'pointer': {
        const inRecord = readPointer(this.#record, source.path);
        return json(inRecord === undefined ? readPointer(this.#body, source.path) : inRecord);
      }
      case 'parameter':
        return this.#readParameter(source.name);
    }
  }

  /** A condition on a name that the record lacks is about the body around the records, where senders name the event. */
  readCondition(source: MappingSource): FoundValue[] {
    const found = this.read(source);
    if (found.length > 0 || source.kind !== 'parameter' || Array.isArray(this.#body)) return found;
    return json(ownMember(this.#body, source.name));
  }

  /** A parameter of the form or the top level of the record, then of the query. */
  #readParameter(name: string): FoundValue[] {
    const inBody = Array.isArray(this.#record) ? [] : json(ownMember(this.#record, name));
    const sent = [...texts(this.#form.get(name)), ...inBody];
    return sent.some((found) => !isEmptyValue(found)) ? sent : [...sent, ...texts(this.#query.get(name))];
  }
}

/** The text of a string, number or boolean, digits as sent; undefined for anything else. */
export function plainText(value: unknown): string | undefined {
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

/** What explain shows of a value. */
export function shownText(value: unknown): string | null {
  return plainText(value) ?? (value === null ? 'null' : JSON.stringify(value));
}

/** Null, and text without a character to read. */
export function isEmptyValue({ value }: FoundValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

function texts(values: readonly string[] = []): FoundValue[] {
  return values.map((value) => ({ value, isText: true }));
}

function json(value: unknown): FoundValue[] {
  return value === undefined ? [] : [{ value, isText: false }];
}

function byName(pairs: Pairs): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const before = named.get(name);
    if (before === undefined) named.set(name, [value]);
    else before.push(value);
  }
  return named;
}
