/** Attaches many postbacks at once by one rule: a call has their number, and no other one has. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Rejection, rejectFaults, rejectionCodes } from '../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import type { MatchingFilter } from '../../../store/store.ts';
import { countOutcome, noCounts } from '../../postbacks/bulk.ts';
import { sendProblem } from '../../server/problem.ts';
import { needs } from '../access/access.ts';
import { isUuid } from '../page.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { nullable } from '../value-schemas.ts';
import { attachPostback } from './attach.ts';

/** One after the other, a few milliseconds each: a proxy waits for the response. */
const attachedMax = 1_000;

const body = Type.Optional(
  Type.Object(
    {
      webhook_id: Type.Optional(Type.String({ description: 'those of one incoming webhook alone' })),
      from: Type.Optional(
        Type.String({
          description: 'received since: a day in the account’s time zone, or a date-time',
          examples: ['2026-11-01'],
        }),
      ),
      to: Type.Optional(
        Type.String({
          description: 'received until: a day with all of it, or a date-time',
          examples: ['2026-11-30'],
        }),
      ),
      dry_run: Type.Optional(Type.Boolean({ description: 'tell what it would do, and do nothing' })),
    },
    { additionalProperties: false },
  ),
);
type Body = Static<typeof body>;

const count = Type.Integer();
const attachedJson = Type.Object({
  dry_run: Type.Boolean(),
  summary: Type.Object({
    applied: count,
    unchanged: count,
    queued: count,
    duplicate: count,
    rejected: count,
  }),
  items: Type.Array(
    Type.Object({
      postback_id: Type.String(),
      call_log_id: Type.String({ description: 'the only call with the number of the postback' }),
      status: Type.String({ description: 'of the postback now: applied, unchanged, queued or rejected' }),
      code: nullable(Type.String({ description: 'why it is rejected' })),
    }),
  ),
  is_more: Type.Boolean({ description: `true after ${attachedMax} postbacks: send the same request again` }),
});

export function registerAttachMatchingRoute(app: FastifyInstance, api: Api): void {
  app.post<{ Body: Body }>(
    '/postbacks/attach-matching',
    {
      schema: {
        ...apiDocs,
        tags: ['postback log'],
        summary: 'Attach all postbacks that found no call, where one call alone has their number',
        description:
          'Looks at postbacks that wait, have expired, or were rejected because no call was found, and that were not dismissed. Each one that is attached is recorded as if it was attached alone.',
        body,
        response: { 200: attachedJson, '4xx': problem, '5xx': problem },
      },
      ...needs('send_postbacks'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const filter = readFilter(request.body, timeZone);
      if ('code' in filter) return sendProblem(reply, filter);
      const isDryRun = request.body?.dry_run === true;
      const pairs = await api.store.listMatching(accountId, filter, attachedMax + 1);
      const summary = noCounts();
      const items: Static<typeof attachedJson>['items'] = [];
      for (const { postbackId, callLogId } of pairs.slice(0, attachedMax)) {
        const attached = await attachPostback(api, request, { accountId, postbackId, callLogId, isDryRun });
        if (attached === 'unknown_postback' || attached === 'unknown_call') continue; // removed meanwhile
        const rejection = 'code' in attached ? attached : attached.rejection;
        if (rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500)
          return sendProblem(reply, interrupted(rejection, items.length));
        if ('code' in attached) continue; // attached by another request meanwhile
        countOutcome(summary, attached);
        items.push({
          ...{ postback_id: postbackId, call_log_id: callLogId },
          ...{ status: attached.status, code: rejection?.code ?? null },
        });
      }
      return { dry_run: isDryRun, summary, items, is_more: pairs.length > attachedMax };
    },
  );
}

function interrupted(rejection: Rejection, done: number): Rejection {
  return {
    ...rejection,
    detail: `${rejection.detail} ${done} postbacks were attached before: send the request again.`,
  };
}

function readFilter(asked: Body, timeZone: string): MatchingFilter | Rejection {
  const { webhook_id: webhookId, from, to } = asked ?? {};
  const faults: Fault[] = [];
  const read = (field: 'from' | 'to', value: string | Invalid) => {
    if (!(value instanceof Invalid)) return Date.parse(value);
    faults.push({ field, code: value.code, detail: value.detail });
    return 0;
  };
  if (webhookId !== undefined && !isUuid(webhookId))
    faults.push({
      field: 'webhook_id',
      code: 'invalid_value',
      detail: 'Send the id of an incoming webhook.',
    });
  const filter = {
    ...(webhookId !== undefined && { webhookId }),
    ...(from !== undefined && { fromMs: read('from', readPeriodStart(from, timeZone)) }),
    ...(to !== undefined && { toMs: read('to', readPeriodEnd(to, timeZone)) }),
  };
  return faults.length > 0 ? rejectFaults(faults) : filter;
}
