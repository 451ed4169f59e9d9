/** Whether an e-mail address and a password open an account. Failed attempts are limited for each network and for each e-mail address. */
import pLimit from 'p-limit';
import { hashPassword, isPasswordOf, type PasswordCost } from '../../../core/access/password.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import type { TokenOwner } from '../../../store/store.ts';
import { AuthFailureLimiter, tooManyAuthFailures } from '../../guards/auth-failure-limiter.ts';
import type { Api } from '../route.ts';

/** Each takes 32 MiB and one thread of four. */
const checksAtOnceMax = 2;
/** More than are done within about ten seconds. */
const checksWaitingMax = 50;
const retryAfterSeconds = 10;
/** 10 tries, then one a minute. The token link signs in an owner whose address is under attack. */
const limitsOfEmail = { failuresMax: 10, refillMs: 60_000 };

const wrongPassword = reject(
  'invalid_password',
  'The e-mail address or the password is wrong. An owner can send you a link that sets a new password.',
);

export class PasswordSignIn {
  readonly #api: Pick<Api, 'store' | 'authFailures'>;
  readonly #ofEmail = new AuthFailureLimiter(() => performance.now(), limitsOfEmail);
  readonly #limit = pLimit(checksAtOnceMax);
  readonly #cost: PasswordCost;

  constructor(api: Pick<Api, 'store' | 'authFailures'>, cost: PasswordCost) {
    this.#api = api;
    this.#cost = cost;
  }

  /** The hash of a password that is set by a link. */
  async hash(password: string): Promise<string | Rejection> {
    return this.#compute(() => hashPassword(password, this.#cost));
  }

  /** Runs what computes a hash of a password, few at once. */
  async #compute<T>(work: () => Promise<T>): Promise<T | Rejection> {
    if (this.#limit.pendingCount >= checksWaitingMax) return tooManyAuthFailures(retryAfterSeconds);
    return this.#limit(work);
  }

  /** @param email in lower case */
  async signIn(email: string, password: string, sourceIp: string): Promise<TokenOwner | Rejection> {
    const { authFailures } = this.#api;
    // Checked in turn: a flood of attempts is rejected as soon as the first ones have failed.
    return this.#compute(async () => {
      const isSlowed = authFailures.isSlowed(sourceIp) || this.#ofEmail.isSlowed(email);
      const owner = isSlowed ? null : await this.#find(email, password);
      if (owner !== null) return owner;
      const waitSeconds = Math.max(authFailures.fail(sourceIp), this.#ofEmail.fail(email));
      return waitSeconds > 0 ? tooManyAuthFailures(waitSeconds) : wrongPassword;
    });
  }

  /** The hash of a new password of who is signed in, or why the current one does not allow it. */
  async rehash(
    { accountId, personId }: TokenOwner,
    { current, next, sourceIp }: { current: string; next: string; sourceIp: string },
  ): Promise<string | Rejection> {
    const { store, authFailures } = this.#api;
    if (personId === null)
      return reject('role_not_allowed', 'You are signed in with a token, which has no password.');
    return this.#compute(async () => {
      const isSlowed = authFailures.isSlowed(sourceIp) || this.#ofEmail.isSlowed(personId);
      const stored = isSlowed ? null : await store.findPasswordHash(accountId, personId);
      if (stored !== null && (await isPasswordOf(stored, current, this.#cost)))
        return hashPassword(next, this.#cost);
      const waitSeconds = Math.max(authFailures.fail(sourceIp), this.#ofEmail.fail(personId));
      if (waitSeconds > 0) return tooManyAuthFailures(waitSeconds);
      const detail = 'This is not your current password. If you have none, use a link that sets one.';
      return rejectFaults([{ field: 'current_password', code: 'invalid_value', detail }]);
    });
  }

  async #find(email: string, password: string): Promise<TokenOwner | null> {
    const signIns = await this.#api.store.findSignIns(email);
    if (signIns.length === 0) await isPasswordOf(null, password, this.#cost);
    for (const { owner, passwordHash } of signIns) {
      if (await isPasswordOf(passwordHash, password, this.#cost)) return owner;
    }
    return null;
  }
}
