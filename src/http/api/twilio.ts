/** The Twilio-compatible door for status callbacks: no token, but a signature (contract 3). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type CallEvent, decodeCallEvent } from '../../core/call-event.ts';
import type { Fault } from '../../core/fault.ts';
import { tooManyTags } from '../../core/fold.ts';
import { refuse, refuseFaults } from '../../core/refusal.ts';
import type { Account, Store } from '../../store/store.ts';
import { problem } from '../api-types.ts';
import { bodyBytesMax } from '../body.ts';
import { sendProblem } from '../problem.ts';
import { isUuid } from './page.ts';

export type TwilioDoor = {
  store: Store;
  /** without a slash at the end; known once the port is */
  publicUrl(): string;
  /** the first account's token, where the account has none of its own */
  authToken: string | null;
};

const path = '/api/v1/calls/twilio/status';

export function registerTwilioRoute(app: FastifyInstance, door: TwilioDoor): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => done(null, new URLSearchParams(String(text))),
  );
  app.post(
    path,
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags: ['calls'],
        summary: 'Status callback of Twilio and compatible systems',
        description: 'Form encoded and signed with X-Twilio-Signature. `?account=ID` names the account.',
        security: [],
        consumes: ['application/x-www-form-urlencoded'],
        response: { 200: Type.String(), '4xx': problem },
      },
    },
    async (request, reply) => {
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const query = new URLSearchParams(request.url.split('?')[1] ?? '');
      const account = await findSigner(door, request, form, query);
      if (account === null) {
        const detail =
          'Set the account’s Twilio auth token here, and at Twilio the callback URL that begins with PUBLIC_URL.';
        return sendProblem(reply, refuse('invalid_signature', detail));
      }
      const receivedAt = new Date().toISOString();
      const read = readCallback(form, query, { ...account, receivedAt });
      if ('faults' in read) return sendProblem(reply, refuseFaults(read.faults));
      const { accountId } = account;
      const recorded = await door.store.recordCallEvent({
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
  { store, publicUrl, authToken }: TwilioDoor,
  request: FastifyRequest,
  form: URLSearchParams,
  query: URLSearchParams,
): Promise<Account | null> {
  const named = query.get('account');
  if (named !== null && !isUuid(named)) return null;
  const [first, account] = await Promise.all([store.findAccount(null), store.findAccount(named)]);
  if (account === null) return null;
  const ownToken = account.twilioAuthToken;
  const token = ownToken ?? (account.accountId === first?.accountId ? authToken : null);
  const signature = request.headers['x-twilio-signature'];
  if (token === null || typeof signature !== 'string') return null;
  const expected = createHmac('sha1', token)
    .update(signedText(publicUrl() + request.url, form))
    .digest();
  const presented = Buffer.from(signature, 'base64');
  return presented.length === expected.length && timingSafeEqual(presented, expected) ? account : null;
}

/** The URL, then every parameter's name and values in the order of names: what Twilio signs. */
function signedText(url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  return (
    url +
    names
      .map((name) =>
        [...new Set(form.getAll(name))]
          .sort()
          .map((value) => name + value)
          .join(''),
      )
      .join('')
  );
}

type Ending = {
  state: 'live' | 'completed';
  timeIs?: 'started_at' | 'answered_at' | 'ended_at';
  endStatus?: string;
};

/** What each CallStatus says of the call, and which of its times the callback's Timestamp is. */
const statuses: ReadonlyMap<string, Ending> = new Map([
  ['queued', { state: 'live', timeIs: 'started_at' }],
  ['initiated', { state: 'live', timeIs: 'started_at' }],
  ['ringing', { state: 'live' }],
  ['in-progress', { state: 'live', timeIs: 'answered_at' }],
  ['completed', { state: 'completed', timeIs: 'ended_at', endStatus: 'answered' }],
  ['busy', { state: 'completed', timeIs: 'ended_at', endStatus: 'busy' }],
  ['failed', { state: 'completed', timeIs: 'ended_at', endStatus: 'failed' }],
  ['no-answer', { state: 'completed', timeIs: 'ended_at', endStatus: 'no-answer' }],
  ['canceled', { state: 'completed', timeIs: 'ended_at', endStatus: 'canceled' }],
]);

function readCallback(
  form: URLSearchParams,
  query: URLSearchParams,
  context: Account & { receivedAt: string },
): { callLogId: string; event: CallEvent } | { faults: Fault[] } {
  const callLogId = form.get('CallSid');
  const status = statuses.get(form.get('CallStatus') ?? '');
  const faults: Fault[] = [];
  if (callLogId === null || !/^\P{Cc}{1,128}$/u.test(callLogId)) {
    faults.push({ field: 'CallSid', code: 'call_not_identified', detail: 'Send the CallSid of the call.' });
  }
  if (status === undefined) {
    const detail = `Send one of: ${[...statuses.keys()].join(', ')}.`;
    faults.push({ field: 'CallStatus', code: 'invalid_value', detail });
  }
  if (callLogId === null || status === undefined || faults.length > 0) return { faults };
  const at = Date.parse(form.get('Timestamp') ?? '');
  const { event, faults: eventFaults } = decodeCallEvent(
    withoutNulls({
      state: status.state,
      end_status: status.endStatus,
      tracking_number: form.get('To'),
      duration_seconds: form.get('CallDuration'),
      campaign: query.get('campaign'),
      publisher: query.get('publisher'),
      buyer: query.get('buyer'),
      ...(status.timeIs !== undefined && at > 0 && { [status.timeIs]: new Date(at).toISOString() }),
      phone_number: form.get('From'),
    }),
    context,
  );
  const from = form.get('From')?.trim();
  // A caller may be anonymous or a SIP address: the call counts all the same, and keeps what Twilio said.
  const others = eventFaults.filter(({ field }) => field !== 'phone_number');
  if (others.length < eventFaults.length && from) event.facts.phone_number = from.slice(0, 200);
  return others.length > 0 ? { faults: others } : { callLogId, event };
}

function withoutNulls(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}
