import { webhookTypeNames, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { problemOf } from '../../server/errors/problem.ts';
import type { UnreadableAnswer, UnreadableHead } from '../../server/errors/unreadable-request.ts';
import { keySource, type PostbackEndpoint } from '../postback-routes.ts';
import { rejectWebhook } from '../rejections/early-rejection.ts';
import { submitPostback } from '../submit.ts';
import { arrivalOf, toRejected } from './read-postback.ts';
import { receive } from './received-request.ts';

/**
 * A postback whose URL is too long, or has spaces or characters that are not percent-encoded, is rejected, and is in the
 * log as every rejected request with a valid key.
 * @returns null where the URL is of no postback endpoint
 */
export async function rejectUnreadableUrl(
  endpoint: PostbackEndpoint,
  { isTooLong, method, url, headers, sourceIp }: UnreadableHead,
): Promise<UnreadableAnswer | null> {
  const path = url.split('?', 1)[0] ?? '';
  const type = webhookTypeNames.find((name) => path.split(/[./]/)[1] === webhookTypes[name].path);
  if (type === undefined) return null;
  const request = { method, url, headers, sourceIp, body: undefined, routeOptions: { url: path } };
  const received = receive(request);
  const rejection = isTooLong
    ? reject(
        'headers_too_large',
        'Send at most 16 KiB of URL and headers: put the fields into the body of a POST.',
      )
    : reject(
        'malformed_body',
        'The URL has a space or another character that is not allowed in URLs: percent-encode every value.',
      );
  const arrival = arrivalOf(request, received, rejection);
  const outcome = await submitPostback(endpoint, received, keySource(endpoint, received), (webhook) =>
    toRejected(webhook, arrival, rejectWebhook(type, webhook) ?? rejection),
  );
  if (outcome === null) endpoint.authFailures.fail(sourceIp);
  const reported = outcome?.rejection ?? rejection;
  const id = outcome?.postbackId ?? received.postbackId; // of a repeat, that of the first one
  return {
    rejection: reported,
    problem: problemOf(reported, { postback_id: id }),
    headers: {
      'access-control-allow-origin': '*',
      'x-postback-status': 'rejected',
      'x-postback-id': id,
    },
  };
}
