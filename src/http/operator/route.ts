/** What the routes below /api/v1 share. */
import type { FastifyRequest } from 'fastify';
import type { FastifyRouteSchemaDef } from 'fastify/types/schema.js';
import type { LimitFunction } from 'p-limit';
import type { TSchema } from 'typebox';
import type { Mailer } from '../../clients/mailer.ts';
import type { Presets } from '../../core/mapping/preset.ts';
import type { Attempted, Destination } from '../../core/outgoing/attempt.ts';
import type { EventJson } from '../../core/outgoing/events/event.ts';
import type { OutgoingRequest } from '../../core/outgoing/requests/request-settings.ts';
import type { Writer } from '../../ingest/writer.ts';
import type { Account, Store, TokenOwner } from '../../store/store.ts';
import type { AuthFailureLimiter } from '../guards/auth-failure-limiter.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PostbackLines } from '../postbacks/postback-lines.ts';
import type { BodyBytes } from '../server/body/body-bytes.ts';
import type { ErrorMapper } from '../server/errors/errors.ts';
import { compileValidator } from '../server/errors/validation.ts';
import { problem } from './problem-schemas.ts';
import type { PasswordSignIn } from './sign-in/password-sign-in.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** whose token the request carries; set for every route below /api/v1 that needs one */
    owner: TokenOwner;
    /** when the session ends that the request came with; null for a request with a token */
    sessionExpiresAt: string | null;
    /** of the token or session that the request came with; set where `owner` is */
    secretHash: Buffer;
  }
}

export type Api = {
  store: Store;
  presets: Presets;
  writer: Pick<Writer, 'submit'>;
  metrics: Metrics;
  lines: PostbackLines;
  rejectionOf: ErrorMapper;
  authFailures: AuthFailureLimiter;
  /** for items of batches and imports, on their way through the writer */
  bulkLimit: LimitFunction;
  bodyBytes: BodyBytes;
  publicUrl(): string;
  outgoing: OutgoingPort;
  passwords: PasswordSignIn;
  /** null: SMTP is not set up */
  mailer: Mailer | null;
};

/** What the routes of outgoing webhooks ask of their sender. */
export type OutgoingPort = {
  /** something is to be sent */
  wake(): void;
  /** why a host may not be reached, or null */
  explainHost(host: string): Promise<string | null>;
  prepare(destination: Destination, event: EventJson): OutgoingRequest | { skipped: string };
  attempt(destination: Destination, event: EventJson): Promise<Attempted>;
};

export type ById = { Params: { id: string } };
export type List = { Querystring: Record<string, unknown> };

/** What every route below /api/v1 documents beside its own. */
export const apiDocs = { security: [{ bearer: [] }, { session: [] }] };

/** Makes the documentation of the routes under one tag. */
export const docsOf = (tag: string) => (summary: string, response: object) => ({
  ...apiDocs,
  tags: [tag],
  summary,
  response: { ...response, '4xx': problem },
});

/** For routes whose values are read by code that tells every fault: their schemas are documentation. */
export const documentedOnly = { validatorCompiler: () => (value: unknown) => ({ value }) };

/** The same for the query alone; the body is checked against its schema. */
export const documentedQuery = {
  validatorCompiler: (route: FastifyRouteSchemaDef<TSchema>) =>
    route.httpPart === 'body' ? compileValidator(route) : (value: unknown) => ({ value }),
};

/** The account that the request's token speaks for. */
export async function accountOf(
  { store }: Pick<Api, 'store'>,
  { owner }: Pick<FastifyRequest, 'owner'>,
): Promise<Account> {
  const account = await store.findAccount(owner.accountId);
  if (account === null) throw new Error('a token is of no account');
  return account;
}

/** The names of an object schema's members. */
export function namesOf<Members extends object>(schema: { properties: Members }): (keyof Members & string)[] {
  return Object.keys(schema.properties) as (keyof Members & string)[]; // Object.keys widens to string
}
