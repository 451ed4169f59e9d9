import type { Target } from '../../../core/updates/decode/decode.ts';

/** How a row goes to the writer. */
export type RowSubmission = {
  /** rows with the same one keep their order: all rows where calls are named in both ways, else those of a call */
  orderingKey?: string;
  /** no other row for the same call is under way: another try comes before whatever follows */
  isAlone: boolean;
};

/** Rows for one call that are under way at once: far less than a transaction takes. */
const groupMax = 100;

type Group = { size: number; underWay: number; waiting: (() => void)[] };

/**
 * Rows for one call keep their order: while some are under way the next ones gather, and go together when those
 * are committed. Once calls are named both by id and by number, it is unknown which rows are for one call: then all
 * that are under way are awaited, and the rest goes through one lane of the writer.
 */
export class RowSequencer {
  readonly #laneName: string;
  readonly #groups = new Map<string, Group>();
  readonly #namings = new Set<string>();
  #whenEmpty: (() => void)[] = [];

  constructor(laneName: string) {
    this.#laneName = laneName;
  }

  /**
   * @param name of its call, whichever of its ids the row has
   * @param work is begun in the order of the calls of `take`
   */
  async take<T>(
    target: Target | null,
    name: string | undefined,
    work: (turn: RowSubmission) => Promise<T>,
  ): Promise<T> {
    const [naming] = Object.keys(target ?? {});
    if (naming === undefined || name === undefined) return work({ isAlone: true });
    this.#namings.add(naming);
    if (this.#namings.size === 1) return this.#takeGroupTurn(name, work);
    if (this.#groups.size > 0) await new Promise<void>((go) => this.#whenEmpty.push(go));
    return work({ orderingKey: this.#laneName, isAlone: false });
  }

  async #takeGroupTurn<T>(name: string, work: (turn: RowSubmission) => Promise<T>): Promise<T> {
    const known = this.#groups.get(name);
    const group = known ?? { size: 1, underWay: 1, waiting: [] };
    if (known === undefined) this.#groups.set(name, group);
    else await new Promise<void>((go) => group.waiting.push(go));
    try {
      return await work({ orderingKey: name, isAlone: group.size === 1 });
    } finally {
      group.underWay -= 1;
      if (group.underWay === 0) this.#release(name, group);
    }
  }

  #release(name: string, group: Group): void {
    const next = group.waiting.splice(0, groupMax);
    group.size = next.length;
    group.underWay = next.length;
    for (const go of next) go();
    if (next.length > 0) return;
    this.#groups.delete(name);
    if (this.#groups.size === 0) for (const go of this.#whenEmpty.splice(0)) go();
  }
}
