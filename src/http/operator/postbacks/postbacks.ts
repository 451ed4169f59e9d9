import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { nearestOf } from '../../../core/calls/nearest.ts';
import { looksLikeMoney } from '../../../core/updates/fields/field-names.ts';
import { unmatchedCodes } from '../../../core/updates/fold/wait.ts';
import { postbackStatuses } from '../../../core/updates/postback.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { LoggedPostback, PostbackFilter, Store } from '../../../store/store.ts';
import { answerStatusOf, outcomeToJson } from '../../postbacks/postback-answer.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf } from '../list-schemas.ts';
import { isUuid, writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById, documentedOnly, type List, namesOf } from '../route.ts';
import { type PostbackJson, postbackRef, postbacksQuery } from './postback-schemas.ts';

export function registerPostbackLogRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = { ...apiDocs, tags: ['postback log'] };

  app.get<List>(
    '/postbacks',
    {
      schema: {
        ...docs,
        summary: 'List postbacks, newest first',
        querystring: postbacksQuery,
        response: { 200: listOf(postbackRef), '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(postbacksQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      const filter = readFilter(reader, timeZone);
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await store.listPostbacks(accountId, filter, limit, before);
      const near = await findNearOf(store, accountId, items);
      return {
        items: items.map((item) => ({ ...postbackToJson(item), ...nearestJson(item, near) })),
        next_cursor: writeCursor(cursor),
      };
    },
  );

  app.get<ById>(
    '/postbacks/:id',
    {
      schema: { ...docs, summary: 'Read a postback', response: { 200: postbackRef, '4xx': problem } },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const postback = isUuid(id) ? await store.findPostback(request.owner.accountId, id) : null;
      if (postback !== null) {
        const near = await findNearOf(store, request.owner.accountId, [postback]);
        return { ...postbackToJson(postback), ...nearestJson(postback, near) };
      }
      return sendProblem(reply, reject('not_found', 'There is no postback with this id in the log.'));
    },
  );
}

type Near = Awaited<ReturnType<Store['findNearest']>>;

/** Calls that postbacks without one may be for. */
async function findNearOf(
  { findNearest }: Pick<Store, 'findNearest'>,
  accountId: string,
  postbacks: LoggedPostback[],
): Promise<Near> {
  const sought = postbacks.filter(lacksCall).map((postback) => ({
    postbackId: postback.postback_id,
    ...soughtOf(postback),
  }));
  return findNearest(accountId, sought);
}

function lacksCall({ status, code }: LoggedPostback): boolean {
  if (status === 'waiting' || status === 'expired') return true;
  return status === 'rejected' && unmatchedCodes.some((one) => one === code);
}

function soughtOf({ phone_number: phoneNumber, received_at: receivedAt }: LoggedPostback) {
  return { phoneNumber, receivedAt };
}

function nearestJson(postback: LoggedPostback, near: Near): Pick<PostbackJson, 'nearest'> {
  if (!lacksCall(postback)) return {};
  const nearest = nearestOf(soughtOf(postback), near.get(postback.postback_id) ?? []);
  return {
    nearest: nearest.map(({ callLogId, phoneNumber, startedAt, ...call }) => ({
      call_log_id: callLogId,
      phone_number: phoneNumber,
      started_at: startedAt,
      ...call,
    })),
  };
}

function readFilter(
  reader: ListReader<keyof Static<typeof postbacksQuery>>,
  timeZone: string,
): PostbackFilter {
  return definedOnly({
    webhookId: reader.uuid('webhook_id', 'Send the id of an incoming webhook.'),
    status: reader.choice('status', postbackStatuses),
    isOpen: reader.boolean('open'),
    hasPreviews: reader.boolean('previews'),
    code: reader.text('code'),
    callLogId: reader.text('call_log_id'),
    transactionId: reader.text('transaction_id'),
    replayOf: reader.uuid('replay_of', 'Send the id of a postback.'),
    batchId: reader.uuid('batch_id', 'Send the id from the response to the batch or import.'),
    from: reader.from('from', timeZone),
    to: reader.to('to', timeZone),
  });
}

/** Money under a name that means nothing here changed nothing: that is worth a look. */
function warningsOf(ignored: string[]): string[] {
  return ignored
    .filter(looksLikeMoney)
    .map(
      (name) =>
        `"${name}" looks like an amount and was ignored: map it to a field, or have the sender use the field’s name.`,
    );
}

/** The sender gets the same detail for every key; the owner of the key gets more. */
function keyWarningsOf({
  code,
  webhook_id: webhookId,
}: Pick<LoggedPostback, 'code' | 'webhook_id'>): string[] {
  if (code !== 'invalid_auth_key') return [];
  return [
    webhookId === null
      ? 'The key is missing or of no webhook here: if you know the address, give its sender the URL of a webhook.'
      : 'The key was replaced or has expired: give the sender the current URL of this webhook, or rotate its key for a new one.',
  ];
}

export function postbackToJson(logged: LoggedPostback): PostbackJson {
  const { postback_id: id, is_dry_run, expires_at, attached_by, replayed_as, answered, ...rest } = logged;
  const { dismissed_by, dismissed_at, dismiss_reason, ...postback } = rest;
  return {
    id,
    ...postback,
    ...(expires_at !== null && [answered.status, rest.status].includes('waiting') && { expires_at }),
    ...(attached_by !== null && { attached_by }),
    ...(replayed_as !== null && { replayed_as }),
    ...(dismissed_by !== null &&
      dismissed_at !== null && {
        dismissed: { by: dismissed_by, at: dismissed_at, reason: dismiss_reason ?? '' },
      }),
    dry_run: is_dry_run,
    answer: { status: answerStatusOf(answered), body: outcomeToJson(answered, is_dry_run) },
    changes: postback.changes ?? {},
    errors: postback.errors ?? [],
    ignored: postback.ignored ?? [],
    warnings: [...warningsOf(postback.ignored ?? []), ...keyWarningsOf(postback)],
    last_received_at: postback.last_received_at ?? postback.received_at,
    kept: postback.kept ?? [],
    changed_since: postback.changed_since ?? [],
  };
}
