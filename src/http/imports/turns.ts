import type { Target } from '../../core/decode.ts';

/**
 * Rows for one call take turns, so that they keep their order whatever happens. Once calls are named both by id
 * and by number, nobody knows which rows are for one call: from then on all stand in one lane of the writer.
 */
export class Turns {
  readonly #laneName: string;
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #namings = new Set<string>();
  #allBefore: Promise<unknown> | null = null;

  constructor(laneName: string) {
    this.#laneName = laneName;
  }

  async take<T>(target: Target | null, work: (together?: string) => Promise<T>): Promise<T> {
    if (target === null) return work();
    const [naming, name] = Object.entries(target)[0] ?? ['', ''];
    this.#namings.add(naming);
    if (this.#namings.size > 1) {
      this.#allBefore ??= Promise.all(this.#last.values());
      await this.#allBefore;
      return work(this.#laneName);
    }
    const before = this.#last.get(name);
    const turn = (async () => {
      await before;
      return work();
    })();
    this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
