/** What a webhook's own settings let in: addresses, so many requests a minute, methods, signatures. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { AddressList } from '../../core/access/address-list.ts';
import { type Rejection, type RejectionCode, reject } from '../../core/updates/rejection.ts';
import { coversQuery, rejectUnverified } from '../../core/verify/verify.ts';
import type { KeyedWebhook } from '../../store/store.ts';
import { isSample, RateWindow, rateHeaders, type Taken } from './rate-window.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** the result of the guards of its webhook; null before they ran, and where there are none */
    judgement: Judgement | null;
  }
}

/** Null where the settings exclude no sender, so that the guards cost nothing. */
export type GuardedWebhook = KeyedWebhook & { guards: WebhookGuards | null };

type WebhookGuards = {
  /** when the settings were read; milliseconds of a clock that only goes forward */
  readAtMs: number;
  addresses: AddressList | null;
  rate: RateWindow;
  /** of requests from elsewhere: they must not use up the quota of the sender */
  unlisted: RateWindow;
  /** where senders send, without a slash at the end */
  publicUrl: () => string;
};

type Judgement = {
  revision: string;
  head: Rejection | null;
  /** undefined until the body is read */
  signature?: Rejection | null;
  taken: Taken | null;
  methods: string[];
};

/** More than the keys that are cached. */
const webhooksMax = 20_000;
const trustedMs = 1_000;
/** How many requests from elsewhere are kept in the log in a minute. */
const unlistedKeptMax = 60;

/** Makes the guards of webhooks, and keeps how much each one has received. */
export class WebhookGuardFactory {
  readonly #windows = new LRUCache<string, { rate: RateWindow; unlisted: RateWindow }>({
    max: webhooksMax,
  });
  readonly #publicUrl: () => string;

  constructor(publicUrl: () => string) {
    this.#publicUrl = publicUrl;
  }

  guard(webhook: KeyedWebhook): GuardedWebhook {
    const { webhookId, allowedAddresses, rateLimitPerMinute, acceptsGet, verify, mapping } = webhook;
    const isOpen = allowedAddresses === null && rateLimitPerMinute === null && acceptsGet && verify === null;
    if (isOpen && mapping === null) return { ...webhook, guards: null };
    const windows = this.#windows.get(webhookId) ?? { rate: new RateWindow(), unlisted: new RateWindow() };
    this.#windows.set(webhookId, windows);
    const addresses = allowedAddresses === null ? null : new AddressList(allowedAddresses);
    return {
      ...webhook,
      guards: { readAtMs: performance.now(), addresses, publicUrl: this.#publicUrl, ...windows },
    };
  }
}

/**
 * What the guards can tell from the headers alone, before the body is read. A request is counted once, however often its
 * settings are read again, and judged once for the same settings.
 */
export function rejectByHead(webhook: GuardedWebhook, request: FastifyRequest): Rejection | null {
  const { guards, revision } = webhook;
  if (guards === null) return null;
  const before = request.judgement;
  if (before?.revision === revision) return before.head;
  const methods = methodsOf(webhook);
  const judgement: Judgement = { revision, taken: before?.taken ?? null, methods, head: null };
  request.judgement = judgement;
  judgement.head =
    rejectAddress(guards, request) ??
    rejectRate(webhook, guards, judgement) ??
    rejectMethod(judgement, request);
  return judgement.head;
}

/** All guards: those of the head, and then the signature, which covers the body. */
export function rejectByGuards(webhook: GuardedWebhook, request: FastifyRequest): Rejection | null {
  const head = rejectByHead(webhook, request);
  const { judgement } = request;
  const { guards } = webhook;
  if (head !== null || judgement === null || guards === null) return head;
  if (judgement.signature === undefined) judgement.signature = rejectUnsigned(webhook, guards, request);
  return judgement.signature;
}

/** What is rejected for one of these was not asked all that a guard asks. */
const unjudgedCodes: ReadonlySet<RejectionCode | null> = new Set<RejectionCode>([
  'wrong_webhook_type',
  'webhook_paused',
  'link_preview',
  'address_not_allowed',
  'rate_limited',
  'method_not_allowed',
  'invalid_signature',
]);

/**
 * Asks, of a rejected request that goes through again, what its rejection left unasked. It is not counted against the rate,
 * and a signature cannot be checked any more: it was good for minutes.
 */
export function rejectRecorded(
  webhook: KeyedWebhook,
  method: string,
  { code, sourceIp }: { code: RejectionCode | null; sourceIp: string },
): Rejection | null {
  const methods = methodsOf(webhook);
  if (!methods.includes(method)) return reject('method_not_allowed', `Use ${methods.join(' or ')} here.`);
  if (!unjudgedCodes.has(code)) return null;
  const { allowedAddresses, verify } = webhook;
  if (allowedAddresses !== null && !new AddressList(allowedAddresses).has(sourceIp)) {
    return reject(
      'address_not_allowed',
      `It came from ${sourceIp}: allow this address if it is the sender’s, and replay it then.`,
    );
  }
  if (verify === null) return null;
  const detail = 'The signature cannot be verified any more: ask the sender to send it again.';
  return reject('invalid_signature', detail);
}

/**
 * True where the settings may have changed since they were read, and nothing else would tell: what is rejected without
 * being written is not compared with the revision in the database.
 */
export function mayBeOutdated({ guards }: Partial<Pick<GuardedWebhook, 'guards'>>): boolean {
  return guards != null && performance.now() - guards.readAtMs > trustedMs;
}

/** Tells the sender how much more it may send, where there is a limit, and what to use in place of GET. */
export function sendGuards(reply: FastifyReply, { judgement }: FastifyRequest): void {
  if (judgement === null) return;
  if (judgement.taken !== null) reply.headers(rateHeaders(judgement.taken));
  if (judgement.head?.code === 'method_not_allowed') reply.header('allow', judgement.methods.join(', '));
}

/** By GET a request is its query, which its signature must cover. */
export function methodsOf({ acceptsGet, verify }: Pick<KeyedWebhook, 'acceptsGet' | 'verify'>): string[] {
  const takesGet = acceptsGet && (verify === null || coversQuery(verify, 'GET'));
  return takesGet ? ['GET', 'POST'] : ['POST'];
}

function rejectAddress(
  { addresses, unlisted }: WebhookGuards,
  { sourceIp }: FastifyRequest,
): Rejection | null {
  if (addresses === null || addresses.has(sourceIp)) return null;
  const detail = `This webhook takes requests from the addresses that its owner allows; this one came from ${sourceIp}.`;
  const { over } = unlisted.take(unlistedKeptMax, performance.now());
  return { ...reject('address_not_allowed', detail), isUnlogged: over > 0 && !isSample(over) };
}

function rejectRate(
  { rateLimitPerMinute }: KeyedWebhook,
  { rate }: WebhookGuards,
  judgement: Judgement,
): Rejection | null {
  if (rateLimitPerMinute === null) return null;
  judgement.taken ??= rate.take(rateLimitPerMinute, performance.now());
  const { over, resetSeconds, quota } = judgement.taken;
  if (over === 0) return null;
  const detail = `This webhook takes ${quota} requests a minute, and this is number ${over} beyond them: send it again in ${resetSeconds} s. Nothing was done.`;
  return {
    ...reject('rate_limited', detail),
    retryAfterSeconds: resetSeconds,
    isUnlogged: !isSample(over),
  };
}

function rejectMethod({ methods }: Judgement, { method }: FastifyRequest): Rejection | null {
  return methods.includes(method) ? null : reject('method_not_allowed', `Use ${methods.join(' or ')} here.`);
}

/** If the URL is not signed, it may hold the key and the form of the response, and nothing that matters. */
function rejectUnsigned(
  { verify, signingSecrets }: KeyedWebhook,
  { publicUrl }: WebhookGuards,
  request: FastifyRequest,
): Rejection | null {
  if (verify === null) return null;
  const nowMs = Date.now();
  const secrets = signingSecrets
    .filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > nowMs)
    .map(({ secret }) => secret);
  const body = typeof request.body === 'string' || Buffer.isBuffer(request.body) ? request.body : '';
  const { method, headers } = request;
  const url = `${publicUrl()}${request.url}`;
  const rejection = rejectUnverified(verify, secrets, { method, url, headers, body }, nowMs);
  if (rejection !== null || coversQuery(verify, method)) return rejection;
  const names = [...new Set(request.received?.query.keys() ?? [])].filter((name) => !unsignedNames.has(name));
  if (names.length === 0) return null;
  const detail = 'The signature does not cover the URL: send this in the body.';
  const errors = names.map((field) => ({ field, code: 'invalid_signature' as const, detail }));
  return reject('invalid_signature', `${names.join(', ').slice(0, 200)}: ${detail}`, errors);
}

const unsignedNames = new Set(['auth_key', 'moja_auth_key', 'return']);
