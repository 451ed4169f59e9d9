/** Responses to requests that become no postback: they have no webhook, or the server failed. */
import type { FastifyReply } from 'fastify';
import { type Rejection, reject } from '../../core/updates/rejection.ts';
import { tooManyAuthFailures } from '../guards/auth-failure-limiter.ts';
import { prepareRejection, problemOf, sendProblemJson } from '../server/errors/problem.ts';
import { answerInForm } from './postback-answer.ts';
import type { PostbackEndpoint } from './postback-routes.ts';
import type { ReceivedRequest } from './request/received-request.ts';

/**
 * One answer for every key that does not open the endpoint, until there were too many. The log has a row for its requests.
 * Hundreds may arrive in one turn of the event loop, and their responses take longest.
 */
export function answerUnknownKey(
  reply: FastifyReply,
  received: ReceivedRequest,
  endpoint: PostbackEndpoint,
): Promise<FastifyReply> {
  return endpoint.slices.run(() => rejectKey(reply, received, endpoint));
}

function rejectKey(reply: FastifyReply, received: ReceivedRequest, endpoint: PostbackEndpoint): FastifyReply {
  const retryAfterSeconds = endpoint.authFailures.fail(received.sourceIp);
  const rejection =
    retryAfterSeconds > 0
      ? tooManyAuthFailures(retryAfterSeconds)
      : reject(
          'invalid_auth_key',
          'Send the auth key of an incoming webhook as "auth_key" in the URL or in the header X-Auth-Key.',
        );
  const { url, headers, routeOptions } = reply.request;
  const path = routeOptions.url ?? url.split('?')[0] ?? '';
  const postbackId = endpoint.invalidKeys.note(received, path, headers['user-agent']);
  const answered = { ...received, postbackId };
  noteUnknown(endpoint, answered, rejection);
  return answerRejected(reply, answered, rejection);
}

/** Counts and notes a request that did not become a postback. */
export function noteUnknown(
  { metrics, lines }: PostbackEndpoint,
  received: ReceivedRequest,
  { code }: Rejection,
): void {
  metrics.countRejected(code);
  lines.writeUnknown(received, code);
}

/** Answers a request that is not in the log; its id is that of the server's own log. */
export function answerRejected(
  reply: FastifyReply,
  { postbackId, answerForm }: ReceivedRequest,
  rejection: Rejection,
): FastifyReply {
  reply.header('x-postback-status', 'rejected').header('x-postback-id', postbackId);
  prepareRejection(reply, rejection);
  return answerForm === 'gif' || answerForm === 'text'
    ? answerInForm(reply, answerForm, rejection)
    : sendProblemJson(reply, problemOf(rejection, { postback_id: postbackId }));
}
