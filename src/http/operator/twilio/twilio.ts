/** The Twilio-compatible endpoint for status callbacks: no token, but a signature (contract 3). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { tooManyTags } from '../../../core/updates/fold.ts';
import { reject, rejectFaults } from '../../../core/updates/rejection.ts';
import type { Account, Store } from '../../../store/store.ts';
import { bodyBytesMax, decodeText, UnreadableBody, unsupportedMediaType } from '../../server/body.ts';
import { sendProblem } from '../../server/problem.ts';
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
};

const path = '/api/v1/calls/twilio/status';

export function registerTwilioRoute(app: FastifyInstance, endpoint: TwilioEndpoint): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, bytes: Buffer) => {
    const text = decodeText(bytes, headers['content-encoding']);
    const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '');
    if (isForm) return new URLSearchParams(text);
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
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const mark = request.url.indexOf('?');
      const query = new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1));
      const account = await findSigner(endpoint, request, form, query);
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
      return reply.header('content-type', 'text/xml').send('<Response/>');
    },
  );
}

/** The account that the callback names, if the signature is its own; null for any doubt. */
async function findSigner(
  { store, publicUrl, authToken }: TwilioEndpoint,
  request: FastifyRequest,
  form: URLSearchParams,
  query: URLSearchParams,
): Promise<Account | null> {
  const signature = request.headers['x-twilio-signature'];
  const named = query.get('account');
  if (typeof signature !== 'string' || (named !== null && !isUuid(named))) return null;
  const [first, account] = await Promise.all([store.findAccount(null), store.findAccount(named)]);
  if (account === null) return null;
  const isFirst = account.accountId === first?.accountId;
  const token = account.twilioAuthToken ?? (isFirst ? authToken : null);
  if (token === null) return null;
  const presented = Buffer.from(signature, 'base64');
  const isSigned = urlsSigned(publicUrl(), request.url).some((url) => {
    const expected = createHmac('sha1', token).update(signedText(url, form)).digest();
    return presented.length === expected.length && timingSafeEqual(presented, expected);
  });
  return isSigned ? account : null;
}

/** Twilio signs the URL with its port or without, and so do its own libraries check both. */
function urlsSigned(publicUrl: string, pathAndQuery: string): string[] {
  const { protocol, port } = new URL(publicUrl);
  const withoutPort = publicUrl.replace(/^(\w+:\/\/[^/]*?):\d+(?=\/|$)/, '$1');
  const standardPort = protocol === 'https:' ? 443 : 80;
  const withPort =
    port === '' ? withoutPort.replace(/^\w+:\/\/[^/]*/, (host) => `${host}:${standardPort}`) : publicUrl;
  return [withPort + pathAndQuery, withoutPort + pathAndQuery];
}

/** The URL, then every parameter's name and values in the order of names: what Twilio signs. */
function signedText(url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  const valuesOf = (name: string) => [...new Set(form.getAll(name))].sort();
  return (
    url +
    names
      .map((name) =>
        valuesOf(name)
          .map((value) => name + value)
          .join(''),
      )
      .join('')
  );
}
