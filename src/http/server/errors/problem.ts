import type { FastifyReply } from 'fastify';
import { type Rejection, rejectionCodes } from '../../../core/updates/rejection.ts';

/** How long a sender should wait before it tries again, by code, in seconds. */
const retryAfterSeconds: Partial<Record<Rejection['code'], number>> = {
  store_unavailable: 1,
  outcome_unknown: 5,
  rate_limited: 1,
};

const lingerMs = 5_000;

/** The body of a rejection (RFC 9457), with what else the answer has to say. */
export function problemOf(rejection: Rejection, extra: Record<string, unknown> = {}) {
  const { httpStatus, title } = rejectionCodes[rejection.code];
  return {
    type: `urn:ringback:problem:${rejection.code}`,
    title,
    status: httpStatus,
    detail: rejection.detail,
    code: rejection.code,
    ...extra,
    ...(rejection.errors.length > 0 && { errors: rejection.errors }),
    ...(rejection.callLogIds && { call_log_ids: rejection.callLogIds }),
  };
}

/** Sets status and headers of a rejection, whatever the form of its body. */
export function prepareRejection(reply: FastifyReply, { code, ...rejection }: Rejection): FastifyReply {
  const seconds = rejection.retryAfterSeconds ?? retryAfterSeconds[code];
  if (seconds !== undefined) reply.header('retry-after', seconds);
  if (rejectionCodes[code].httpStatus === 401) reply.header('www-authenticate', 'Bearer');
  if (isBodyArriving(reply)) letItEnd(reply);
  return reply
    .code(rejectionCodes[code].httpStatus)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff');
}

function isBodyArriving({ request: { raw } }: FastifyReply): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = raw.headers;
  return !raw.complete && (length !== '0' || encoding !== undefined);
}

/**
 * Closing a connection on which the sender still writes also loses the response: the sender sees a broken pipe. So the
 * rest of its body is read and thrown away for a while, and only then is it cut off.
 */
function letItEnd(reply: FastifyReply): void {
  reply.removeHeader('connection');
  const { raw } = reply.request;
  const cutting = setTimeout(() => raw.destroy(), lingerMs).unref();
  raw.once('close', () => clearTimeout(cutting));
}

export function sendProblem(reply: FastifyReply, rejection: Rejection): FastifyReply {
  return sendProblemJson(prepareRejection(reply, rejection), problemOf(rejection));
}

/** With a separate serializer: Fastify would add a charset, which this media type does not have. */
export function sendProblemJson(reply: FastifyReply, problem: Record<string, unknown>): FastifyReply {
  return reply.header('content-type', 'application/problem+json').serializer(JSON.stringify).send(problem);
}
