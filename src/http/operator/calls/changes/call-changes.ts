/** `POST /call-changes`: one change of all calls that a filter means, done page by page and answered while it is done. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashSecret, makeSecret } from '../../../../core/access/secret.ts';
import { linesOf } from '../../../files/file-schemas.ts';
import { sendLines } from '../../../files/request-body.ts';
import { rejectWebhook } from '../../../postbacks/rejections/early-rejection.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, accountOf, apiDocs, namesOf } from '../../route.ts';
import { callFilters } from '../call-schemas.ts';
import { asQuery, readCallFilter } from '../lists/call-query.ts';
import { CallChanges } from './call-changes-run.ts';
import { type CallChangesBody, callChangesBody, callChangesLines } from './call-changes-schemas.ts';

/** Names of webhooks have at most as many characters. */
const nameCharsMax = 200;

export function registerCallChanges(app: FastifyInstance, api: Api): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort(new Error('the server is shutting down')));
  app.post<{ Body: CallChangesBody }>(
    '/call-changes',
    {
      schema: {
        ...apiDocs,
        tags: ['calls'],
        summary: 'Change all calls that a filter means',
        description:
          'Each call gets the change as a separate postback, with the rules of `update_fields`. They have one `batch_id`, by which the change is undone. The response is written while calls are changed: if the client closes the connection, the change ends after the page that is under way.',
        body: callChangesBody,
        response: {
          200: linesOf(
            'First the ids and how many calls there are, then progress, then the summary',
            callChangesLines,
          ),
          '4xx': problem,
        },
      },
      ...requirePermission('change_calls'),
    },
    (request, reply) => changeCalls(api, request, reply, stopping.signal),
  );
}

async function changeCalls(
  api: Api,
  request: FastifyRequest<{ Body: CallChangesBody }>,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const { filter: given, change, dry_run: isDryRun = false } = request.body;
  const account = await accountOf(api, request);
  const reader = new ListReader(asQuery(given), namesOf(callFilters));
  const filter = readCallFilter(reader, account);
  if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
  const webhook = await ensureOwnWebhook(api, request);
  const rejection = rejectWebhook('update_fields', webhook);
  if (rejection !== null) return sendProblem(reply, rejection);
  const run = new CallChanges(api, request, { webhook, filter, change, isDryRun });
  const fault = run.checkChange();
  if (fault !== null) return sendProblem(reply, fault);
  return sendLines(reply, run.answer(stopping));
}

/** The timeline and the log name the webhook of a postback: each person has one, with an unknown key. */
async function ensureOwnWebhook({ store }: Api, request: FastifyRequest) {
  const { accountId, name: person } = request.owner;
  const name = `Bulk change by ${person}`.slice(0, nameCharsMax);
  const settings = { name, type: 'update_fields', matchWindowHours: 168, matchRule: 'latest' } as const;
  const { webhookId } = await store.ensureWebhook(
    accountId,
    settings,
    hashSecret(makeSecret('rbk')),
    actorOf(request),
  );
  const webhook = await store.findOwnWebhook(accountId, webhookId);
  if (webhook === null) throw new Error('a webhook that was just ensured is there');
  return webhook;
}
