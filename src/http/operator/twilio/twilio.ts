/** The preset `twilio` at its old address: no key and no token, but the signature of the account that the URL names. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { CallEvent } from '../../../core/calls/call-event.ts';
import type { Presets } from '../../../core/mapping/preset.ts';
import { mappingOf } from '../../../core/mapping/sender-settings.ts';
import { tooManyTags } from '../../../core/updates/fold/apply.ts';
import { idTaken } from '../../../core/updates/fold/fold.ts';
import { waitFor } from '../../../core/updates/fold/wait.ts';
import type { Postback } from '../../../core/updates/postback.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { emptyTags } from '../../../core/values/tags.ts';
import { rejectUnverified } from '../../../core/verify/verify.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import type { Account, Store } from '../../../store/store.ts';
import { type AuthFailureLimiter, tooManyAuthFailures } from '../../guards/auth-failure-limiter.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { readContent } from '../../postbacks/request/read-content.ts';
import { recordText } from '../../postbacks/request/recorded-request.ts';
import { type Submission, submitWithoutWebhook } from '../../postbacks/submit.ts';
import { type Body, bodyBytesMax, unsupportedMediaType } from '../../server/body/body.ts';
import type { BodyBytes } from '../../server/body/body-bytes.ts';
import { decodeText } from '../../server/body/body-text.ts';
import { UnreadableBody } from '../../server/body/unreadable-body.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { documentedOnly } from '../route.ts';
import { twilioForm, twilioQuery } from './twilio-schemas.ts';

export type TwilioEndpoint = Submission & {
  store: Store;
  presets: Presets;
  /** without a slash at the end; known once the port is */
  publicUrl(): string;
  /** the first account's token, where the account has none of its own */
  authToken: string | null;
  bodyBytes: BodyBytes;
  authFailures: AuthFailureLimiter;
};

const path = '/api/v1/calls/twilio/status';
/** for the timeline */
const sender = 'Twilio';
const waitHours = 72;

export function registerTwilioRoute(app: FastifyInstance, endpoint: TwilioEndpoint): void {
  const preset = mappingOf('calls', { preset: 'twilio', mapping: null }, endpoint.presets);
  const settings = { type: 'calls', mapping: preset, allowedFields: null } as const;
  app.removeAllContentTypeParsers();
  endpoint.bodyBytes.releaseAfterResponse(app);
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    const { headers } = request;
    const text = decodeText(await endpoint.bodyBytes.read(request), headers['content-encoding']);
    const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '');
    if (isForm) return text;
    throw new UnreadableBody(unsupportedMediaType('application/x-www-form-urlencoded'));
  });
  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: path,
      bodyLimit: bodyBytesMax,
      schema: {
        tags: ['calls'],
        summary: 'Status callback of Twilio and compatible systems',
        description:
          'Form encoded, and signed with X-Twilio-Signature by the account’s Twilio auth token over PUBLIC_URL and the path.',
        security: [],
        querystring: twilioQuery,
        ...(method === 'POST' && { consumes: ['application/x-www-form-urlencoded'], body: twilioForm }),
        response: {
          200: { description: 'Recorded', content: { 'text/xml': { schema: Type.String() } } },
          '4xx': problem,
        },
      },
      ...documentedOnly,
      handler: async (request, reply) => {
        const mark = request.url.indexOf('?');
        const query = new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1));
        const account = await findSigner(endpoint, request, query);
        if (account === null) {
          const detail =
            'Set the Twilio auth token of the account (PATCH /api/v1/account), and give Twilio the callback URL that begins with PUBLIC_URL.';
          const waitSeconds = endpoint.authFailures.fail(request.sourceIp);
          const rejection =
            waitSeconds > 0 ? tooManyAuthFailures(waitSeconds) : reject('invalid_signature', detail);
          return sendProblem(reply, rejection);
        }
        const receivedAt = new Date().toISOString();
        const read = readCallback({ ...account, ...settings }, request, query, receivedAt);
        if ('code' in read) return sendProblem(reply, read);
        const { accountId } = account;
        const recorded = await endpoint.store.recordCallEvent({
          accountId,
          ...read,
          by: sender,
          receivedAt,
          mayCreate: read.event.legId === undefined,
        });
        if (recorded === 'too_many_tags') return sendProblem(reply, tooManyTags());
        if (typeof recorded === 'object' && 'takenId' in recorded)
          return sendProblem(reply, idTaken(recorded));
        if (recorded === 'unknown_call') {
          const leg = waitingLeg(accountId, read, receivedAt, request);
          const outcome = await submitWithoutWebhook(endpoint, metadataOf(request), 'calls', leg);
          if (outcome.rejection !== null) return sendProblem(reply, outcome.rejection);
        }
        return reply.header('content-type', 'text/xml').send('<Response/>');
      },
    });
  }
}

/** The call that a callback is about, which is the parent of a leg, and what it says; or why it is rejected. */
type Callback = { callLogId: string; event: CallEvent };

function readCallback(
  settings: Parameters<typeof readContent>[1],
  { method, headers, body }: FastifyRequest,
  query: URLSearchParams,
  receivedAt: string,
): Callback | Rejection {
  const form: Body =
    method === 'GET' ? { kind: 'none' } : { kind: 'form', pairs: new URLSearchParams(textOfBody(body)) };
  const content = { body: form, envelope: null, query, headers };
  const { decoded } = readContent('calls', settings, content, null, receivedAt);
  const { target, event, faults } = decoded;
  if (faults.length > 0) return rejectFaults(faults);
  if (target === null || !('callLogId' in target) || event === undefined)
    throw new Error('a call event without a fault names its call');
  return { callLogId: target.callLogId, event };
}

/** A leg that comes before its parent waits for it, as it does at the endpoints of webhooks. */
function waitingLeg(
  accountId: string,
  { callLogId, event }: Callback,
  receivedAt: string,
  { method, sourceIp }: FastifyRequest,
): Postback {
  return {
    ...{ accountId, receivedAt, sourceIp, event, postbackId: makeOrderedId() },
    sender: { changedBy: sender },
    request: recordText({ method, path }),
    target: { callLogId },
    update: { set: {}, add: emptyTags(), remove: [] },
    ...{ transactionId: null, isDryRun: false, ignored: [], rejection: null },
    wait: waitFor(receivedAt, waitHours),
  };
}

/** The account that the callback names, if the signature is its own; null for any doubt. */
async function findSigner(
  { store, publicUrl, authToken }: TwilioEndpoint,
  request: FastifyRequest,
  query: URLSearchParams,
): Promise<Account | null> {
  const named = query.get('account');
  if (named !== null && !isUuid(named)) return null;
  const [first, account] = await Promise.all([store.findAccount(null), store.findAccount(named)]);
  if (account === null) return null;
  const isFirst = account.accountId === first?.accountId;
  const token = account.twilioAuthToken ?? (isFirst ? authToken : null);
  if (token === null) return null;
  const { method, headers, body, url } = request;
  const signed = { method, headers, url: publicUrl() + url, body: textOfBody(body) };
  return rejectUnverified({ scheme: 'twilio' }, [token], signed, Date.now()) === null ? account : null;
}

function textOfBody(body: unknown): string {
  return typeof body === 'string' ? body : '';
}
