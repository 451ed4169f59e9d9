import type { ServerResponse } from 'node:http';

/** Bounds the long requests of each account, so that no account takes the places of others. */
export class AccountSlots {
  readonly #slotsMax: number;
  readonly #used = new Map<string, number>();

  constructor(slotsMax: number) {
    this.#slotsMax = slotsMax;
  }

  /** @returns gives the slot back, once, however often it is called; null where the account has no slot left */
  take(accountId: string): (() => void) | null {
    const used = this.#used.get(accountId) ?? 0;
    if (used >= this.#slotsMax) return null;
    this.#used.set(accountId, used + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#used.get(accountId) ?? 1) - 1;
      if (left > 0) this.#used.set(accountId, left);
      else this.#used.delete(accountId);
    };
  }

  /** Takes a slot until the response is closed. @returns false where the account has no slot left */
  hold(accountId: string, response: ServerResponse): boolean {
    const release = this.take(accountId);
    if (release === null) return false;
    // Of a client that has left already, no `close` comes any more.
    if (response.closed) release();
    else response.once('close', release);
    return true;
  }
}
