/** Attaches many postbacks at once by one rule: a call has their number, and no other one has. */
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { type Rejection, rejectFaults, rejectionCodes } from '../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import type { MatchingFilter } from '../../../store/store.ts';
import { countOutcome, noCounts } from '../../postbacks/bulk.ts';
import { sendProblem } from '../../server/problem.ts';
import { needs } from '../access/access.ts';
import { isUuid, parseCursor, writeCursor } from '../page.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { attachPostback } from './attach.ts';
import {
  type AttachedJson,
  attachedJson,
  attachedMax,
  attachMatchingBody,
} from './attach-matching-schemas.ts';

type Body = Static<typeof attachMatchingBody>;

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
        body: attachMatchingBody,
        response: { 200: attachedJson, '4xx': problem, '5xx': problem },
      },
      ...needs('send_postbacks'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const filter = readFilter(request.body, timeZone);
      if ('detail' in filter) return sendProblem(reply, filter);
      const { dry_run: isDryRun = false, limit = attachedMax } = request.body ?? {};
      const pairs = await api.store.listMatching(accountId, filter, limit);
      const summary = noCounts();
      const items: AttachedJson['items'] = [];
      for (const { postbackId, callLogId } of pairs) {
        const attached = await attachPostback(api, request, { accountId, postbackId, callLogId, isDryRun });
        if (attached === 'unknown_postback' || attached === 'unknown_call') continue; // removed meanwhile
        const rejection = 'code' in attached ? attached : attached.rejection;
        if (rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500)
          return sendProblem(reply, interrupted(rejection, items.length));
        if ('code' in attached) continue; // attached by another request meanwhile
        countOutcome(summary, attached);
        items.push({
          ...{ postback_id: postbackId, call_log_id: callLogId },
          ...{ status: attached.status, code: rejection?.code ?? null, changes: attached.changes },
        });
      }
      const last = pairs.length < limit ? null : (pairs.at(-1)?.postbackId ?? null);
      return { dry_run: isDryRun, summary, items, next_cursor: writeCursor(last) };
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
  const { webhook_id: webhookId, from, to, status, code, cursor } = asked ?? {};
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
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (after !== null && !isUuid(after))
    faults.push({ field: 'cursor', code: 'invalid_value', detail: 'Send the next_cursor of a response.' });
  const filter = {
    ...(isUuid(after) && { after }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(webhookId !== undefined && { webhookId }),
    ...(from !== undefined && { fromMs: read('from', readPeriodStart(from, timeZone)) }),
    ...(to !== undefined && { toMs: read('to', readPeriodEnd(to, timeZone)) }),
  };
  return faults.length > 0 ? rejectFaults(faults) : filter;
}
