import { type Fault, Invalid } from '../../core/fault.ts';
import { readInstant } from '../../core/instant.ts';
import { readPhone } from '../../core/phone.ts';
import { type Refusal, refuseFaults } from '../../core/refusal.ts';
import { readBoolean } from '../../core/text.ts';

/** Reads the filters of a list, and gathers what is wrong with them. Absent and empty filters are undefined. */
export class FilterReader<Name extends string> {
  readonly #query: Partial<Record<Name, unknown>>;
  readonly #faults: Fault[] = [];

  constructor(query: Partial<Record<Name, unknown>>) {
    this.#query = query;
  }

  /** Null when every filter could be read. */
  get refusal(): Refusal | null {
    return this.#faults.length > 0 ? refuseFaults(this.#faults) : null;
  }

  text(name: Name): string | undefined {
    const value = this.#query[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  boolean(name: Name): boolean | undefined {
    return this.#read(name, readBoolean);
  }

  instant(name: Name, timeZone: string): string | undefined {
    return this.#read(name, (text) => readInstant(text, timeZone));
  }

  phone(name: Name, defaultCountry: string): string | undefined {
    return this.#read(name, (text) => readPhone(text, defaultCountry));
  }

  /** Text that the given test accepts. */
  matching(name: Name, isValid: (text: string) => boolean, detail: string): string | undefined {
    return this.#read(name, (text) => (isValid(text) ? text : new Invalid(detail)));
  }

  #read<T>(name: Name, read: (text: string) => T | Invalid): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = read(text);
    if (!(value instanceof Invalid)) return value;
    this.#faults.push({ field: name, code: value.code, detail: value.detail });
    return undefined;
  }
}

/** Leaves out what is undefined, as optional members want it. */
export function definedOnly<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries loses which names there were; they are all names of T.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
