import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { answerPostback } from '../../postbacks/postback-answer.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, type ById, documentedQuery, type List, namesOf } from '../route.ts';
import { dryRunBody, dryRunQuery, postbackAnswerJson } from './postback-schemas.ts';
import { undoOnce, unknownPostback } from './undo-postback.ts';

type Undo = ById & List & { Body: Static<typeof dryRunBody> };

/** Takes back what a postback did. The undo is a separate postback, with `undo_of`. */
export function registerUndoRoute(app: FastifyInstance, api: Api): void {
  app.post<Undo>(
    '/postbacks/:id/undo',
    {
      schema: {
        ...apiDocs,
        tags: ['postback log'],
        summary: 'Undo a postback, or cancel one that is queued or waiting',
        querystring: dryRunQuery,
        body: dryRunBody,
        response: { 200: postbackAnswerJson, '4xx': problem },
      },
      ...documentedQuery,
      ...requirePermission('change_calls'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(dryRunQuery));
      const isDryRun = reader.flag('dry_run') || request.body?.dry_run === true;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { id } = request.params;
      if (!isUuid(id)) return sendProblem(reply, unknownPostback());
      const { accountId, name: by } = request.owner;
      const path = `/api/v1/postbacks/${id}/undo`;
      const asked = { accountId, by, sourceIp: request.sourceIp, path, isDryRun };
      const outcome = await undoOnce(api, metadataOf(request), asked, id);
      if ('code' in outcome) return sendProblem(reply, outcome);
      return answerPostback(reply, outcome, { form: 'json', isDryRun });
    },
  );
}
