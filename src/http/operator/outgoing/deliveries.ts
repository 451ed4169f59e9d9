import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { Invalid } from '../../../core/values/fault.ts';
import type { Delivery } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf } from '../list-schemas.ts';
import { isUuid, writeCursor } from '../page.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById, documentedOnly, type List, namesOf } from '../route.ts';
import {
  type DeliveryJson,
  deliveriesQuery,
  deliveryDetailJson,
  deliveryJson,
  deliveryStatuses,
  replayedJson,
  replayRangeBody,
} from './delivery-schemas.ts';
import { sendUnknownOutgoing } from './outgoing.ts';

/** The log of what was sent, and what sends it again. */
export function registerDeliveryRoutes(app: FastifyInstance, api: Api): void {
  const { store, outgoing } = api;
  const docs = { ...apiDocs, tags: ['outgoing webhooks'] };

  app.get<List>(
    '/deliveries',
    {
      schema: {
        ...docs,
        summary: 'List deliveries with their attempts, newest first',
        querystring: deliveriesQuery,
        response: { 200: listOf(deliveryJson), '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(deliveriesQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      const filter = definedOnly({
        webhookId: reader.uuid('webhook_id', 'Send the id of an outgoing webhook.'),
        status: reader.choice('status', deliveryStatuses),
        event: reader.choice('event', eventTypes),
        callLogId: reader.text('call_log_id'),
        from: reader.from('from', timeZone),
        to: reader.to('to', timeZone),
      });
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await store.listDeliveries(accountId, filter, limit, before);
      return { items: items.map(deliveryToJson), next_cursor: writeCursor(cursor) };
    },
  );

  app.get<ById>(
    '/deliveries/:id',
    {
      schema: { ...docs, summary: 'Read a delivery', response: { 200: deliveryDetailJson, '4xx': problem } },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const delivery = isUuid(id) ? await store.findDelivery(request.owner.accountId, id) : null;
      if (delivery !== null) return { ...deliveryToJson(delivery), payload: delivery.event };
      return sendProblem(reply, reject('not_found', unknownDelivery));
    },
  );

  app.post<ById>(
    '/deliveries/:id/replay',
    {
      schema: {
        ...docs,
        summary: 'Send a delivery again, with the same event id',
        response: { 202: deliveryJson, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const isDone = isUuid(id) && (await store.replayDelivery(accountId, id, actorOf(request)));
      const delivery = isDone ? await store.findDelivery(accountId, id) : null;
      if (delivery === null) return sendProblem(reply, reject('not_found', unknownDelivery));
      outgoing.wake();
      return reply.code(202).send(deliveryToJson(delivery));
    },
  );

  app.post<ById & { Body: Static<typeof replayRangeBody> }>(
    '/webhooks/outgoing/:id/replay',
    {
      schema: {
        ...docs,
        summary: 'Send the deliveries of a period again, in their order',
        body: replayRangeBody,
        response: { 202: replayedJson, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId, timeZone } = await accountOf(api, request);
      const { from, to, status = 'failed' } = request.body;
      const read = {
        from: readPeriodStart(from, timeZone),
        to: readPeriodEnd(to ?? new Date().toISOString(), timeZone),
      };
      const faults = Object.entries(read).flatMap(([field, value]) =>
        value instanceof Invalid ? [{ field, code: value.code, detail: value.detail }] : [],
      );
      if (read.from instanceof Invalid || read.to instanceof Invalid)
        return sendProblem(reply, rejectFaults(faults));
      const range = { from: read.from, to: read.to, statuses: [status].flat() };
      const replayed = isUuid(id)
        ? await store.replayDeliveries(accountId, id, range, actorOf(request))
        : null;
      if (replayed === null) return sendUnknownOutgoing(reply);
      outgoing.wake();
      return reply.code(202).send({ replayed });
    },
  );
}

const unknownDelivery =
  'There is no delivery with this id, or its webhook is deleted: list them for their ids.';

function deliveryToJson({ event, ...delivery }: Delivery): DeliveryJson {
  return {
    id: delivery.deliveryId,
    webhook_id: delivery.webhookId,
    webhook_name: delivery.webhookName,
    event: event.type,
    event_id: event.id,
    call_log_id: event.call === null ? null : String(event.call['call_log_id']),
    sequence: event.sequence,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextAttemptAt,
    created_at: delivery.createdAt,
    finished_at: delivery.finishedAt,
  };
}
