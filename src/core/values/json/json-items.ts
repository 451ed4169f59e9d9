/**
 * Finds the items of a list in JSON bytes before anything is parsed, so that no list is parsed at once, and none that nests
 * too deep or holds too much is parsed at all. The list is the document itself, or a member of the object that the document is.
 */

/** Offsets of one item: from inclusive, to exclusive. */
export type ByteRange = { from: number; to: number };

export type JsonLimits = { levelsMax: number; itemsMax: number; valuesMax: number };

export type JsonFault = 'too_deep' | 'too_many_items' | 'too_many_values';

type List = { from: number; items: ByteRange[] };

/** An empty list may have so much space in it. */
const blankBytesMax = 1_024;

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Reads a document piece by piece: `scan` takes time in proportion to the bytes that it is given. */
export class JsonItems {
  readonly #bytes: Uint8Array;
  readonly #limits: JsonLimits;
  readonly #lists: List[] = [];
  /** what is left of the document without the items: each list holds its own number instead */
  #shell = '';
  #shellFrom = 0;
  #at = 0;
  #depth = 0;
  /** in which depth the items are: 1 in a list, 2 in an object with lists; 0 before the first bracket */
  #itemDepth = 0;
  #open: List | null = null;
  #itemFrom = 0;
  #values = 0;
  #items = 0;
  #inString = false;

  constructor(bytes: Uint8Array, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @returns what is wrong with the document, once it is known; it need not be JSON where that is null */
  scan(bytesMax: number): JsonFault | null {
    const bytes = this.#bytes;
    const end = Math.min(this.#at + bytesMax, bytes.length);
    for (let at = this.#at; at < end; at += 1) {
      const byte = bytes[at];
      if (this.#inString) {
        if (byte === backslash) at += 1;
        else if (byte === quote) this.#inString = false;
      } else if (byte === quote) this.#inString = true;
      else if (byte === openList || byte === openObject) {
        const fault = this.#enter(byte, at);
        if (fault !== null) return fault;
      } else if (byte === closeList || byte === closeObject) this.#leave(byte, at);
      else if (byte === comma) {
        this.#values += 1;
        if (this.#open !== null && this.#depth === this.#itemDepth) {
          this.#endItem(at);
          this.#itemFrom = at + 1;
        }
      }
      if (this.#values > this.#limits.valuesMax) return 'too_many_values';
      if (this.#items > this.#limits.itemsMax) return 'too_many_items';
      this.#at = at + 1;
    }
    this.#at = Math.max(this.#at, end);
    return null;
  }

  /** The length of `shell`, which nothing else bounds. */
  get shellBytes(): number {
    return this.#shell.length + this.#bytes.length - this.#shellFrom;
  }

  /** The document with the items cut out: `[0]` represents the items of the first list. */
  get shell(): string {
    return this.#shell + this.#text(this.#shellFrom, this.#bytes.length);
  }

  /** @param list the number in the shell */
  itemsOf(list: number): readonly ByteRange[] {
    return this.#lists[list]?.items ?? [];
  }

  #enter(byte: number, at: number): JsonFault | null {
    if (this.#itemDepth === 0) this.#itemDepth = byte === openList ? 1 : 2;
    this.#depth += 1;
    this.#values += 1;
    if (this.#depth - this.#itemDepth > this.#limits.levelsMax) return 'too_deep';
    if (byte === openList && this.#depth === this.#itemDepth && this.#open === null) {
      this.#open = { from: at, items: [] };
      this.#itemFrom = at + 1;
    }
    return null;
  }

  #leave(byte: number, at: number): void {
    if (this.#open !== null && byte === closeList && this.#depth === this.#itemDepth) {
      this.#endItem(at);
      const { from, items } = this.#open;
      if (items.length === 1 && this.#isBlank(items[0])) items.pop();
      this.#shell += `${this.#text(this.#shellFrom, from + 1)}${this.#lists.length}`;
      this.#shellFrom = at;
      this.#lists.push(this.#open);
      this.#open = null;
    }
    this.#depth -= 1;
  }

  #endItem(at: number): void {
    this.#items += 1;
    this.#open?.items.push({ from: this.#itemFrom, to: at });
  }

  #isBlank({ from, to }: ByteRange = { from: 0, to: 0 }): boolean {
    return to - from <= blankBytesMax && this.#text(from, to).trim() === '';
  }

  #text(from: number, to: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(from, to));
  }
}
