/** Sends many rejected postbacks through again, after their cause is corrected. */
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { rejectionCodes } from '../../../core/updates/rejection.ts';
import { countOutcome, noCounts } from '../../postbacks/bulk.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { interrupted, readManyFilter } from './many-filter.ts';
import {
  type ReplayedJson,
  replayedJson,
  replayedMax,
  replayRejectedBody,
} from './replay-rejected-schemas.ts';
import { replayPostback } from './replays.ts';

type Body = Static<typeof replayRejectedBody>;

export function registerReplayRejectedRoute(app: FastifyInstance, api: Api): void {
  app.post<{ Body: Body }>(
    '/postbacks/replay-rejected',
    {
      schema: {
        ...apiDocs,
        tags: ['postback log'],
        summary: 'Send all rejected postbacks of a filter through again, the oldest first',
        description:
          'Each one is recorded as if it was replayed alone. Left out are dry runs, those that were dismissed or replayed with success, and those whose request the log no longer has.',
        body: replayRejectedBody,
        response: { 200: replayedJson, '4xx': problem, '5xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const filter = readManyFilter(request.body, timeZone);
      if ('detail' in filter) return sendProblem(reply, filter);
      const {
        dry_run: isDryRun = false,
        limit = replayedMax,
        code,
        call_log_id: callLogId,
      } = request.body ?? {};
      const asked = {
        ...filter,
        ...(code !== undefined && { code }),
        ...(callLogId !== undefined && { callLogId }),
      };
      const ids = await api.store.listReplayable(accountId, asked, limit);
      const summary = noCounts();
      const items: ReplayedJson['items'] = [];
      let skipped = 0;
      for (const id of ids) {
        const postback = await api.store.findRecordedPostback(accountId, id);
        const outcome = postback && (await replayPostback(api, request, postback, isDryRun));
        if (outcome === null || 'code' in outcome) {
          skipped += 1; // removed meanwhile, or it cannot be replayed
          continue;
        }
        const { rejection, callLogId: matched, status, changes } = outcome;
        if (rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500)
          return sendProblem(reply, interrupted(rejection, `${items.length} postbacks were replayed before`));
        countOutcome(summary, outcome);
        items.push({
          postback_id: id,
          call_log_id: matched,
          status,
          code: rejection?.code ?? null,
          changes,
        });
      }
      const last = ids.length < limit ? null : (ids.at(-1) ?? null);
      return { dry_run: isDryRun, summary, skipped, items, next_cursor: writeCursor(last) };
    },
  );
}
