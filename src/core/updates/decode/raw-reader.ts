/** The raw values of one payload, by the names of the fields: which source counts, and whether they agree. */

import { type Fault, Invalid } from '../../values/fault.ts';
import { emptyTags, type Tags } from '../../values/tags.ts';
import { isPlaceholder, unresolvedPlaceholder } from '../../values/text/placeholder.ts';
import type { Field } from '../fields/fields.ts';
import { updateToJson } from '../update.ts';
import type { InputSource, RawValue } from './input-source.ts';

export abstract class RawReader {
  readonly faults: Fault[];
  protected readonly sources: InputSource[];

  constructor(sources: InputSource[]) {
    this.sources = sources;
    this.faults = sources.flatMap((source) => source.faults);
  }

  /** The values of the first source that names the field. */
  protected given(name: string): RawValue[] | undefined {
    for (const source of this.sources) {
      const given = source.given.get(name);
      if (given !== undefined) return given;
    }
    return undefined;
  }

  /** A parameter that is not a field of the call: null and empty mean absent, unless `isEmptyFault`. */
  protected read<T>(
    name: string,
    read: (value: unknown) => T | Invalid,
    isEmptyFault = false,
  ): T | Invalid | undefined {
    const given = this.given(name);
    if (given === undefined) return undefined;
    const isSaid = ({ value }: RawValue) => value !== null && (isEmptyFault || !isEmpty(value));
    return this.agreed(given.filter(isSaid), ({ value }) => read(value));
  }

  /** What may be at the top level and in `fields`, or be repeated: all must say the same. */
  protected agreed<T>(
    given: RawValue[],
    read: (given: RawValue) => T | Invalid,
    field?: Field,
  ): T | Invalid | undefined {
    let first: T | Invalid | undefined;
    for (const one of given) {
      const value = this.checked(one, read(one), field);
      if (first === undefined || value instanceof Invalid) first = value;
      else if (!(first instanceof Invalid) && value !== first) this.faultConflict(one.name);
    }
    return first;
  }

  /** Tags at the top level and in `fields` are gathered on their own, then must be the same. */
  protected tags<Raw, Checked extends Tags | string[]>(
    name: 'add' | 'remove',
    parse: (given: RawValue) => Raw[] | Invalid,
    check: (raw: Raw[], name: string, faults: Fault[]) => Checked,
  ): Checked | undefined {
    const given = this.given(name);
    if (given === undefined) return undefined;
    const gather = (isInFields: boolean) => {
      const here = given.filter((one) => one.inFields === isInFields);
      if (here.length === 0) return undefined;
      const raw: Raw[] = [];
      for (const one of here) {
        const parsed = this.checked(one, parse(one));
        if (!(parsed instanceof Invalid)) raw.push(...parsed);
      }
      return check(raw, isInFields ? `fields.${name}` : name, this.faults);
    };
    const [atTop, inFields] = [gather(false), gather(true)];
    if (atTop !== undefined && inFields !== undefined && canonicalTags(atTop) !== canonicalTags(inFields)) {
      this.faultConflict(`fields.${name}`);
    }
    return atTop ?? inFields;
  }

  protected checked<T>({ name, value }: RawValue, read: T | Invalid, field?: Field): T | Invalid {
    const isUnresolved =
      typeof value === 'string' &&
      isPlaceholder(value, field?.placeholders) &&
      !(field?.isNullable === true && isNullText(value));
    const result = isUnresolved ? unresolvedPlaceholder(value) : read;
    if (result instanceof Invalid) this.fault(name, result.code, result.detail);
    return result;
  }

  protected faultConflict(name: string): void {
    this.fault(name, 'conflicting_field', 'The field is given twice with different values: send it once.');
  }

  protected fault(field: string | null, code: Fault['code'], detail: string): void {
    this.faults.push({ field, code, detail });
  }
}

function canonicalTags(tags: Tags | string[]): string {
  const update = Array.isArray(tags)
    ? { set: {}, add: emptyTags(), remove: tags }
    : { set: {}, add: tags, remove: [] };
  return JSON.stringify(updateToJson(update));
}

export function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

export function isNullText(value: unknown): boolean {
  return typeof value === 'string' && ['', 'null'].includes(value.trim().toLowerCase());
}
