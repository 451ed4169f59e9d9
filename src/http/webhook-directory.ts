import type { Store } from '../store/store.ts';
import { DoorKeeper, type GuardedWebhook } from './door-guards.ts';
import type { GuessGuard } from './guess-guard.ts';
import { hashSecret } from './secret.ts';

const entriesMax = 10_000;

/**
 * Remembers the webhook of each auth key, by the key's hash. Nothing here has to be fresh: the batch writer
 * compares each webhook's revision in its transaction and answers `stale`, upon which the caller forgets it.
 */
export class WebhookDirectory {
  readonly #find: Store['findWebhookByKey'];
  readonly #guesses: GuessGuard;
  readonly #keeper = new DoorKeeper();
  readonly #byHash = new Map<string, Promise<GuardedWebhook | null>>();

  constructor(find: Store['findWebhookByKey'], guesses: GuessGuard) {
    this.#find = find;
    this.#guesses = guesses;
  }

  /**
   * @param from the address that presents the key; a key that is not remembered is not looked up for one that has
   *   guessed too much. Null where the key was good a moment ago
   * @returns null for a key that is unknown, expired or revoked
   */
  async find(key: string, from: string | null): Promise<GuardedWebhook | null> {
    const hash = hashSecret(key);
    const name = hash.toString('base64');
    const known = this.#byHash.get(name);
    if (known === undefined && from !== null && this.#guesses.isSlowed(from)) return null;
    const webhook = await (known ?? this.#look(name, hash));
    if (webhook?.keyExpiresAt == null || Date.parse(webhook.keyExpiresAt) > Date.now()) return webhook;
    return null;
  }

  forget(key: string): void {
    this.#byHash.delete(hashSecret(key).toString('base64'));
  }

  /** Requests that come together share one look-up; unknown keys and failures are not remembered. */
  #look(name: string, hash: Buffer): Promise<GuardedWebhook | null> {
    const looking = this.#find(hash).then((webhook) => webhook && this.#keeper.guard(webhook));
    this.#byHash.set(name, looking);
    const drop = () => {
      if (this.#byHash.get(name) === looking) this.#byHash.delete(name);
    };
    looking.then((webhook) => webhook ?? drop(), drop);
    const oldest = this.#byHash.size > entriesMax ? this.#byHash.keys().next().value : undefined;
    if (oldest !== undefined) this.#byHash.delete(oldest);
    return looking;
  }
}
