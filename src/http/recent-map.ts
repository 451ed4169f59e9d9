/**
 * A map that keeps the entries that were used last. It takes memory for what it holds and none for what it may hold: to
 * prepare the room of all that a server has took 5 ms of a start.
 */
export class RecentMap<V extends NonNullable<unknown>> {
  /** in the order of their use, as a use puts an entry at the end */
  readonly #entries = new Map<string, V>();
  /** One for all: a new one would step over the places of all that went since the map was laid out anew. */
  readonly #oldest = this.#entries.keys();
  readonly #max: number;

  /** @param max how many are kept */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  /** Looks without using it. */
  peek(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return;
    const { value: oldest } = this.#oldest.next();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
