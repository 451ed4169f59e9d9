/** The Twilio-compatible endpoint for status callbacks: no token, but a signature. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { tooManyTags } from '../../../core/updates/apply.ts';
import { idTaken } from '../../../core/updates/fold.ts';
import { reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { rejectUnverified } from '../../../core/verify/verify.ts';
import type { Account, Store } from '../../../store/store.ts';
import { bodyBytesMax, unsupportedMediaType } from '../../server/body.ts';
import type { BodyBytes } from '../../server/body-bytes.ts';
import { decodeText } from '../../server/body-text.ts';
import { sendProblem } from '../../server/problem.ts';
import { UnreadableBody } from '../../server/unreadable-body.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { documentedOnly } from '../route.ts';
import { readCallback } from './twilio-callback.ts';
import { twilioForm, twilioQuery } from './twilio-schemas.ts';

export type TwilioEndpoint = {
  store: Store;
  /** without a slash at the end; known once the port is */
  publicUrl(): string;
  /** the first account's token, where the account has none of its own */
  authToken: string | null;
  bodyBytes: BodyBytes;
};

const path = '/api/v1/calls/twilio/status';

export function registerTwilioRoute(app: FastifyInstance, endpoint: TwilioEndpoint): void {
  app.removeAllContentTypeParsers();
  endpoint.bodyBytes.releaseAfterResponse(app);
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    const { headers } = request;
    const text = decodeText(await endpoint.bodyBytes.read(request), headers['content-encoding']);
    const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '');
    if (isForm) return text;
    throw new UnreadableBody(unsupportedMediaType('application/x-www-form-urlencoded'));
  });
  app.post(
    path,
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags: ['calls'],
        summary: 'Status callback of Twilio and compatible systems',
        description:
          'Form encoded, and signed with X-Twilio-Signature by the account’s Twilio auth token over PUBLIC_URL and the path.',
        security: [],
        querystring: twilioQuery,
        consumes: ['application/x-www-form-urlencoded'],
        body: twilioForm,
        response: {
          200: { description: 'Recorded', content: { 'text/xml': { schema: Type.String() } } },
          '4xx': problem,
        },
      },
      ...documentedOnly,
    },
    async (request, reply) => {
      const form = new URLSearchParams(textOfBody(request.body));
      const mark = request.url.indexOf('?');
      const query = new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1));
      const account = await findSigner(endpoint, request, query);
      if (account === null) {
        const detail =
          'Set the Twilio auth token of the account (PATCH /api/v1/account), and give Twilio the callback URL that begins with PUBLIC_URL.';
        return sendProblem(reply, reject('invalid_signature', detail));
      }
      const receivedAt = new Date().toISOString();
      const read = readCallback(form, query, { ...account, receivedAt });
      if ('faults' in read) return sendProblem(reply, rejectFaults(read.faults));
      const { accountId } = account;
      const recorded = await endpoint.store.recordCallEvent({
        accountId,
        ...read,
        by: 'Twilio',
        receivedAt,
        mayCreate: true,
      });
      if (recorded === 'too_many_tags') return sendProblem(reply, tooManyTags());
      if (typeof recorded === 'object' && 'takenId' in recorded) return sendProblem(reply, idTaken(recorded));
      return reply.header('content-type', 'text/xml').send('<Response/>');
    },
  );
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
