/** What would be sent, and a real attempt with a made-up event. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { type EventJson, parseEventId } from '../../../core/outgoing/events/event.ts';
import { type EventType, eventTypes } from '../../../core/outgoing/events/event-type.ts';
import { sampleEvent } from '../../../core/outgoing/events/sample-event.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import type { OutgoingSettings } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { isUuid } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById } from '../route.ts';
import { sendUnknownOutgoing } from './outgoing.ts';
import {
  type RenderBody,
  renderBody,
  renderedJson,
  renderUnsavedBody,
  testedOutgoingJson,
  testOutgoingBody,
} from './outgoing-schemas.ts';
import { readOutgoing } from './outgoing-settings.ts';

type PastEvent = Pick<RenderBody, 'event_id' | 'delivery_id' | 'postback_id' | 'call_log_id'>;

export function registerOutgoingPreviews(app: FastifyInstance, api: Api): void {
  const { store, outgoing } = api;
  const docs = { ...apiDocs, tags: ['outgoing webhooks'] };

  app.post<ById & { Body: Static<typeof testOutgoingBody> }>(
    '/webhooks/outgoing/:id/test',
    {
      schema: {
        ...docs,
        summary: 'Send a made-up event now, once',
        body: testOutgoingBody,
        response: { 200: testedOutgoingJson, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const webhook = isUuid(id) ? await store.findOutgoing(request.owner.accountId, id) : null;
      if (webhook === null) return sendUnknownOutgoing(reply);
      const { timeZone } = await accountOf(api, request);
      const event = madeUp(request.body?.event ?? webhook.events[0]);
      const attempted = await outgoing.attempt({ ...webhook, timeZone }, event);
      if ('skipped' in attempted) return { delivered: false, event_id: event.id, skipped: attempted.skipped };
      const { attempt, request: sent } = attempted;
      return { ...attempt, delivered: attempt.error === null, event_id: event.id, request: sent };
    },
  );

  app.post<ById & { Body: Static<typeof renderBody> }>(
    '/webhooks/outgoing/:id/render',
    {
      schema: {
        ...docs,
        summary: 'Show what would be sent for a past event, without sending',
        body: renderBody,
        response: { 200: renderedJson, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const webhook = isUuid(id) ? await store.findOutgoing(request.owner.accountId, id) : null;
      if (webhook === null) return sendUnknownOutgoing(reply);
      const { settings: unsaved, ...asked } = request.body ?? {};
      const settings = unsaved === undefined ? webhook : await readOutgoing(unsaved, webhook, api);
      if ('code' in settings) return sendProblem(reply, settings);
      return render(request, reply, settings, webhook, asked);
    },
  );

  app.post<{ Body: RenderBody }>(
    '/webhooks/outgoing/render',
    {
      schema: {
        ...docs,
        summary: 'Show what settings that are not saved yet would send',
        body: renderUnsavedBody,
        response: { 200: renderedJson, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { settings: unsaved, ...asked } = request.body;
      const settings = await readOutgoing(unsaved, null, api);
      if ('code' in settings) return sendProblem(reply, settings);
      return render(request, reply, settings, null, asked);
    },
  );

  async function render(
    request: FastifyRequest,
    reply: FastifyReply,
    settings: OutgoingSettings,
    webhook: { webhookId: string; secrets: string[] } | null,
    asked: PastEvent,
  ) {
    const { timeZone } = await accountOf(api, request);
    const isMadeUp = Object.keys(asked).length === 0;
    const event = isMadeUp
      ? madeUp(settings.events[0])
      : await findEvent(request.owner.accountId, asked, settings.events, webhook?.webhookId ?? null);
    if (event === null) {
      const detail = 'There is no such event: name one by event_id, delivery_id, postback_id or call_log_id.';
      return sendProblem(reply, reject('not_found', detail));
    }
    const about = { event_id: event.id, is_made_up: isMadeUp };
    const secrets = webhook?.secrets ?? [];
    return { ...outgoing.prepare({ ...settings, secrets, timeZone }, event), ...about };
  }

  /** Events that the webhook got are shown as they were sent; others with the call as it is now. */
  async function findEvent(
    accountId: string,
    asked: PastEvent,
    events: EventType[],
    webhookId: string | null,
  ): Promise<EventJson | null> {
    if (asked.delivery_id !== undefined) {
      const delivery = isUuid(asked.delivery_id)
        ? await store.findDelivery(accountId, asked.delivery_id)
        : null;
      return delivery?.event ?? null;
    }
    const wanted = [...events, ...eventTypes];
    const parsed = asked.event_id === undefined ? null : parseEventId(asked.event_id);
    if (asked.event_id !== undefined)
      return parsed === null
        ? null
        : store.findPastEvent(accountId, { rowId: parsed.rowId }, [parsed.type], webhookId);
    if (asked.postback_id !== undefined)
      return isUuid(asked.postback_id)
        ? store.findPastEvent(accountId, { rowId: asked.postback_id }, wanted, webhookId)
        : null;
    return asked.call_log_id === undefined
      ? null
      : store.findPastEvent(accountId, { callLogId: asked.call_log_id }, wanted, webhookId);
  }
}

function madeUp(type: EventType = 'call.converted'): EventJson {
  return sampleEvent(type, `evt_test_${makeOrderedId().replaceAll('-', '')}`, new Date().toISOString());
}
