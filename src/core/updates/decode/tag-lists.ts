/** `add` as form libraries write it into names: a key, a list, or a list of pairs (docs/senders.md#tags). */
import { Invalid } from '../../values/fault.ts';
import { tagsPerRequestMax } from '../../values/tags.ts';
import type { RawValue } from './input-source.ts';

type Entry = { given: RawValue; members: Record<string, unknown> };

export class TagLists {
  /** by whether in `fields`, and place in the list */
  readonly #entries = new Map<string, Entry>();
  #unnumbered = 0;

  /**
   * Takes one parameter `add…`.
   * @param path what follows the name: `[deal]`, `[]`, `[0]`, `[0][key]`, `[][value]`
   * @returns what it adds alone; undefined where it is a part of a pair that `gathered` returns;
   *   `Invalid` for a list or an object in the place of a tag's value
   */
  take(path: string, given: RawValue): RawValue | Invalid | undefined {
    if (path === '[]') return given;
    const [, place, member] = /^\[(\d*)\](?:\[([^\][]*)\])?$/.exec(path) ?? [];
    // A place beyond the longest list is the key of a tag, such as a year.
    const isPlace = place !== undefined && (place === '' || Number(place) < tagsPerRequestMax);
    if (isPlace && member === undefined) return { ...given, value: [given.value], isText: false };
    if (isPlace && member !== undefined) return this.#gather(place, member, given);
    if (/\][[.]/.test(path)) {
      return new Invalid('Send one value for a tag, as add[KEY]=VALUE: it cannot be a list or an object.');
    }
    const key = /^\[(.*)\]$/s.exec(path)?.[1]?.replace(/^(['"])(.*)\1$/s, '$2');
    return key === undefined
      ? new Invalid('Send a tag as add[KEY]=VALUE, with a bracket on each side of its key.')
      : { ...given, value: [{ key, value: given.value }], isText: false };
  }

  /** The pairs whose parts came as separate parameters, in their order. */
  gathered(): RawValue[] {
    return Array.from(this.#entries.values(), ({ given, members }) => ({
      ...given,
      value: [members],
      isText: false,
    }));
  }

  /** Without a number, a member that is there already begins the next pair. */
  #gather(place: string, member: string, given: RawValue): undefined {
    const at = () => `${given.inFields} ${place === '' ? `#${this.#unnumbered}` : Number(place)}`;
    if (place === '' && Object.hasOwn(this.#entries.get(at())?.members ?? {}, member)) this.#unnumbered += 1;
    const entry = this.#entries.get(at()) ?? { given, members: Object.create(null) };
    entry.members[member] = given.value;
    this.#entries.set(at(), entry);
    return undefined;
  }
}
