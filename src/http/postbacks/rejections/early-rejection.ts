/** What a request with a valid key is rejected for, whatever it contains. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { type WebhookType, webhookTypes } from '../../../core/updates/fields/webhook-type.ts';
import type { Postback } from '../../../core/updates/postback.ts';
import { type Rejection, reject } from '../../../core/updates/rejection.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import { type GuardedWebhook, rejectByGuards, rejectByHead } from '../../guards/webhook-guards.ts';
import type { ReceivedRequest, RequestHead } from '../request/received-request.ts';

/** What a valid key is rejected for before the body is read. */
export function rejectHead(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
): Rejection | null {
  return rejectWebhook(type, webhook) ?? rejectPreview(request) ?? rejectByHead(webhook, request);
}

/** What a valid key is rejected for before its payload is decoded. */
export function rejectBeforeDecoding(
  type: WebhookType,
  webhook: GuardedWebhook,
  request: FastifyRequest,
): Rejection | null {
  return (
    rejectWebhook(type, webhook) ??
    rejectPreview(request) ??
    rejectByGuards(webhook, request) ??
    request.received?.queryFault ??
    null
  );
}

/** Why a webhook is rejected for every sender. */
export function rejectWebhook(type: WebhookType, webhook: KeyedWebhook): Rejection | null {
  if (webhook.type !== type) {
    const detail = `This key belongs to a webhook of type ${webhook.type}: send to /${webhookTypes[webhook.type].path}.`;
    return reject('wrong_webhook_type', detail);
  }
  if (webhook.isPaused)
    return reject('webhook_paused', 'Its owner paused this webhook: ask for it to be resumed.');
  return null;
}

/** Prefetches and link previews never change anything (docs/senders.md#answers). */
export function rejectPreview({
  method,
  headers,
}: Pick<RequestHead, 'method' | 'headers'>): Rejection | null {
  if (!isLinkPreview(method, headers)) return null;
  const detail =
    'This looks like a prefetch or a link preview, which changes nothing: send a POST, or a GET without "Purpose" and with another User-Agent.';
  return reject('link_preview', detail);
}

/** Robots that fetch a link that was pasted into a chat: Slack, X, Facebook, Discord, WhatsApp, Telegram, LinkedIn, Teams. */
const unfurler =
  /slackbot|slack-imgproxy|twitterbot|facebookexternalhit|facebookcatalog|facebot|meta-external|discordbot|whatsapp|telegrambot|linkedinbot|skypeuripreview|microsoftpreview|teamsbot|microsoft teams/i;

/** True for a GET that was made to look at a link, not to post back (docs/senders.md#answers). */
function isLinkPreview(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET') return false;
  const agent = headers['user-agent'];
  return isPrefetch(headers) || (agent !== undefined && unfurler.test(agent));
}

function isPrefetch(headers: IncomingHttpHeaders): boolean {
  const purposes = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']];
  return purposes.some((purpose) => /prefetch|prerender|preview/i.test(String(purpose)));
}

const namesWithoutContent = new Set(['auth_key', 'moja_auth_key', 'return']);

/**
 * A GET with nothing but the key is most often a POST that was redirected: clients repeat it as a GET and drop the body. Its
 * rejection tells the sender so, with the URL that does not redirect.
 */
export function explainRedirect(
  postback: Postback,
  { method, body, routeOptions }: FastifyRequest,
  { query }: ReceivedRequest,
  publicUrl: () => string,
): Postback {
  const { rejection } = postback;
  const isBare = method === 'GET' && body === undefined && rejection?.code === 'call_not_identified';
  if (!isBare || [...query.keys()].some((name) => !namesWithoutContent.has(name))) return postback;
  const detail = `This request has nothing but the key. If it was sent as a POST, a redirect (such as from http to https) made it a GET and dropped its body: send to ${publicUrl()}${routeOptions.url}, which does not redirect. ${rejection.detail}`;
  return { ...postback, rejection: { ...rejection, detail } };
}
