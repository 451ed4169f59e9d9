import type { Target } from '../../core/updates/decode/decode.ts';
import type { Store } from '../../store/store.ts';

type Asked = { id: string; resolve(name: string): void };
type NamesStore = Pick<Store, 'hasOtherIds' | 'findOtherIds'>;

/**
 * One name for each call of a batch or file, whichever of its ids an item has: the writer keeps the order of what has the
 * same name. Ids that are asked for while a statement is under way share the next one.
 */
export class CallNames {
  readonly #store: NamesStore;
  readonly #accountId: string;
  #hasOtherIds: Promise<boolean> | null = null;
  #asked: Asked[] = [];
  #isReading = false;

  constructor(store: NamesStore, accountId: string) {
    this.#store = store;
    this.#accountId = accountId;
  }

  /** Resolves in the order in which it is asked. @returns undefined for an item that names no call */
  async nameOf(target: Target | null): Promise<string | undefined> {
    if (target === null) return undefined;
    const id = 'callLogId' in target ? target.callLogId : target.phoneNumber;
    return new Promise<string>((resolve) => {
      this.#asked.push({ id, resolve });
      if (!this.#isReading) void this.#read();
    });
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#asked.length > 0) {
      const asked = this.#asked.splice(0);
      // Without a database, the writer rejects each item.
      const names = await this.#find(asked.map(({ id }) => id)).catch(() => {
        this.#hasOtherIds = null;
        return new Map<string, string>();
      });
      for (const { id, resolve } of asked) resolve(names.get(id) ?? id);
    }
    this.#isReading = false;
  }

  async #find(ids: string[]): Promise<ReadonlyMap<string, string>> {
    this.#hasOtherIds ??= this.#store.hasOtherIds(this.#accountId);
    return (await this.#hasOtherIds) ? this.#store.findOtherIds(this.#accountId, ids) : new Map();
  }
}
