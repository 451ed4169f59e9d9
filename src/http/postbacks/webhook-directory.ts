import { LRUCache } from 'lru-cache';
import { hashSecret } from '../../core/access/secret.ts';
import type { Store } from '../../store/store.ts';
import type { AuthFailureLimiter } from '../guards/auth-failure-limiter.ts';
import { type GuardedWebhook, WebhookGuardFactory } from '../guards/webhook-guards.ts';
import type { WebhookSource } from './submit.ts';

const entriesMax = 10_000;

/** A promise where the database is asked. */
type Found = GuardedWebhook | null | Promise<GuardedWebhook | null>;

/**
 * Remembers the webhook of each auth key: by the key itself, which each request has and which leaves
 * this process only as a hash. Nothing here has to be fresh: the batch writer compares each webhook's revision in its
 * transaction and answers `stale`; then the caller forgets it.
 */
export class WebhookDirectory {
  readonly #find: Store['findWebhookByKey'];
  readonly #authFailures: AuthFailureLimiter;
  readonly #keeper: WebhookGuardFactory;
  /** a promise while it is looked up */
  readonly #byKey = new LRUCache<string, GuardedWebhook | Promise<GuardedWebhook | null>>({
    max: entriesMax,
  });

  /** @param publicUrl where senders send, which some schemes sign */
  constructor(find: Store['findWebhookByKey'], authFailures: AuthFailureLimiter, publicUrl: () => string) {
    this.#find = find;
    this.#keeper = new WebhookGuardFactory(publicUrl);
    this.#authFailures = authFailures;
  }

  /**
   * @param from the address that presents the key; a key that is not known to be good is not looked up for one
   *   with too many failures. Null where the key was good a moment ago
   * @returns null for a key that is unknown, expired or revoked
   */
  find(key: string, from: string | null): Found {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      const mayBeAuthFailure = from !== null && this.#authFailures.isSlowed(from);
      if (mayBeAuthFailure && !this.#authFailures.isGood(hashSecret(key))) return null;
    }
    const webhook = known ?? this.#look(key);
    return webhook instanceof Promise ? webhook.then(whileKeyIsValid) : whileKeyIsValid(webhook);
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  /** The webhook of a request's key, for `submitPostback`. @param from as for `find`, the first time */
  source(key: string | null, from: string | null): WebhookSource<GuardedWebhook> {
    let address = from;
    return {
      find: () => {
        const found = key === null ? null : this.find(key, address);
        address = null;
        return found;
      },
      forget: () => {
        if (key !== null) this.forget(key);
      },
    };
  }

  /** Requests that come together share one look-up; unknown keys and failures are not cached. */
  #look(key: string): Promise<GuardedWebhook | null> {
    const looking = this.#find(hashSecret(key)).then((webhook) => webhook && this.#keeper.guard(webhook));
    this.#byKey.set(key, looking);
    const keep = (webhook: GuardedWebhook | null) => {
      if (this.#byKey.peek(key) !== looking) return;
      if (webhook === null) this.#byKey.delete(key);
      else this.#byKey.set(key, webhook);
    };
    looking.then(keep, () => keep(null));
    return looking;
  }
}

function whileKeyIsValid(webhook: GuardedWebhook | null): GuardedWebhook | null {
  if (webhook?.keyExpiresAt == null || Date.parse(webhook.keyExpiresAt) > Date.now()) return webhook;
  return null;
}
