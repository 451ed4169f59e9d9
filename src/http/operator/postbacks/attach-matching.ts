/** Attaches many postbacks at once by one rule: a call has their number, and no other one has. */
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { type Rejection, rejectionCodes } from '../../../core/updates/rejection.ts';
import type { MatchingFilter } from '../../../store/store.ts';
import { countOutcome, noCounts } from '../../postbacks/bulk.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { attachPostback } from './attach.ts';
import {
  type AttachedJson,
  attachedJson,
  attachedMax,
  attachMatchingBody,
} from './attach-matching-schemas.ts';
import { interrupted, readManyFilter } from './many-filter.ts';

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
      ...requirePermission('send_postbacks'),
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
          return sendProblem(reply, interrupted(rejection, `${items.length} postbacks were attached before`));
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

function readFilter(asked: Body, timeZone: string): MatchingFilter | Rejection {
  const { status, code } = asked ?? {};
  const filter = readManyFilter(asked, timeZone);
  if ('detail' in filter) return filter;
  return { ...filter, ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
}
