import { type Rejection, rejectFaults } from '../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../core/values/fault.ts';
import { readPhone } from '../../core/values/phone/phone.ts';
import { checkText, readBoolean } from '../../core/values/text/text.ts';
import { limitDefault, limitMax } from './list-schemas.ts';
import { isUuid, parseCursor } from './page.ts';
import { readPeriodLast, readPeriodStart } from './period.ts';

const charsMax = 2_000;
/** What fits into a URL: Node.js takes 16 KiB of request line and headers. */
const mappingCharsMax = 12_000;
const noText = new Invalid('Send text.');

/** Reads the query of a list, and gathers all that is wrong with it. Absent and empty parameters are undefined. */
export class ListReader<Name extends string> {
  readonly #query: Record<string, unknown>;
  readonly #faults: Fault[] = [];

  /** @param names all that the list knows: another one is a fault, for a filter misspelled would show too much */
  constructor(query: Record<string, unknown>, names: readonly Name[]) {
    this.#query = query;
    const known: readonly string[] = names;
    for (const field of Object.keys(query)) {
      if (known.includes(field)) continue;
      const detail = `There is no such parameter here; this takes ${names.join(', ')}.`;
      this.#faults.push({ field, code: 'unknown_field', detail });
    }
  }

  /** Null when all could be read. */
  get rejection(): Rejection | null {
    return this.#faults.length > 0 ? rejectFaults(this.#faults) : null;
  }

  /** `limit` and `cursor`; `isCursor` tells a cursor of this list from anything else. */
  page<Cursor>(isCursor: (value: unknown) => value is Cursor): { limit: number; cursor: Cursor | null } {
    const limit = this.#wholeNumber('limit', 1, limitMax);
    const cursor = this.#read('cursor', (text) => {
      const value = parseCursor(text);
      const detail =
        'Send the next_cursor of the page before, unchanged, or leave it out for the first page.';
      return isCursor(value) ? value : new Invalid(detail);
    });
    return { limit: limit ?? limitDefault, cursor: cursor ?? null };
  }

  text(name: Name): string | undefined {
    return this.#read(name, (text) => text);
  }

  /** A mapping: JSON, or the name of a webhook. */
  mapping(name: Name): string | undefined {
    return this.#read(name, (text) => text, undefined, mappingCharsMax);
  }

  wholeNumber(name: Name, min: number, max: number): number | undefined {
    return this.#wholeNumber(name, min, max);
  }

  #wholeNumber(name: Name | 'limit', min: number, max: number): number | undefined {
    return this.#read(name, (text) => {
      const isInRange = /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
      return isInRange ? Number(text) : new Invalid(`Send a whole number from ${min} to ${max}.`);
    });
  }

  /** A parameter that may be repeated. */
  texts(name: Name): string[] {
    const given: unknown[] = [this.#query[name] ?? []].flat();
    const texts = given.map((one) => (typeof one === 'string' ? checkText(one, charsMax) : noText));
    for (const text of texts) if (text instanceof Invalid) this.#fault(name, text);
    return texts.filter((text) => typeof text === 'string');
  }

  boolean(name: Name): boolean | undefined {
    return this.#read(name, readBoolean);
  }

  /** True by being there alone, as in `?dry_run`: who names it wants it. */
  flag(name: Name): boolean {
    return this.#query[name] === '' || this.boolean(name) === true;
  }

  choice<Choice extends string>(name: Name, choices: readonly Choice[]): Choice | undefined {
    return this.#read(
      name,
      (text) =>
        choices.find((choice) => choice === text) ?? new Invalid(`Send one of: ${choices.join(', ')}.`),
    );
  }

  /** From when on: a day counts from its first moment. */
  from(name: Name, timeZone: string): string | undefined {
    return this.#read(name, (text) => readPeriodStart(text, timeZone));
  }

  /** Until when: a day counts with all of it. */
  to(name: Name, timeZone: string): string | undefined {
    return this.#read(name, (text) => readPeriodLast(text, timeZone));
  }

  phone(name: Name, defaultCountry: string): string | undefined {
    return this.#read(name, (text) => readPhone(text, defaultCountry));
  }

  /** What `read` makes of the text. @param otherwise read in its place where there is none */
  value<T>(name: Name, read: (text: string) => T | Invalid, otherwise?: string): T | undefined {
    return this.#read(name, read, otherwise);
  }

  /** @param detail says which id to send */
  uuid(name: Name, detail: string): string | undefined {
    return this.#read(name, (text) => (isUuid(text) ? text : new Invalid(detail)));
  }

  #read<T>(
    name: Name | 'limit' | 'cursor',
    read: (text: string) => T | Invalid,
    otherwise?: string,
    max = charsMax,
  ): T | undefined {
    const given = this.#query[name] || otherwise;
    if (given === undefined) return undefined;
    const text =
      typeof given === 'string' ? checkText(given, max) : new Invalid('Send this parameter once only.');
    const value = text instanceof Invalid ? text : read(text);
    if (!(value instanceof Invalid)) return value;
    this.#fault(name, value);
    return undefined;
  }

  #fault(field: string, { code, detail }: Invalid): void {
    this.#faults.push({ field, code, detail });
  }
}

/** Leaves out what is undefined, as optional members want it. */
export function definedOnly<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries loses which names there were; they are all names of T.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
