/** A person has seen what needs attention: it is hidden for everyone until it occurs again. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Fault, isStillAcknowledged } from '../../../core/reports/acknowledge.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { Invalid } from '../../../core/values/fault.ts';
import { checkText } from '../../../core/values/text/text.ts';
import type { Store } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, type ById } from '../route.ts';
import { findAttention } from './attention.ts';
import { type AttentionJson, acknowledgementBody, type FoundItem } from './overview-schemas.ts';

/** A kind, and the name that it is about. */
const idCharsMax = 1_000;

export function registerAcknowledgementRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = (summary: string) => ({
    ...apiDocs,
    tags: ['overview'],
    summary,
    response: { 204: Type.Null(), '4xx': problem },
  });
  const unknown = reject('not_found', 'Nothing with this id needs attention now: read the list again.');

  app.post<{ Body: Static<typeof acknowledgementBody> }>(
    '/overview/acknowledgements',
    {
      schema: {
        ...docs('Acknowledge what needs attention'),
        description:
          'It is listed with `acknowledged` until it ends. It needs attention again when it occurs again, has another cause, or has doubled.',
        body: acknowledgementBody,
      },
      ...requirePermission('change_webhooks'),
    },
    async (request, reply) => {
      const { accountId } = request.owner;
      const { items } = await findAttention(store, accountId, Date.now());
      const item = items.find((one) => faultOf(one).id === request.body.id);
      if (item === undefined) return sendProblem(reply, unknown);
      await store.acknowledge(accountId, faultOf(item), actorOf(request));
      return reply.code(204).send();
    },
  );

  app.delete<ById>(
    '/overview/acknowledgements/:id',
    { schema: docs('Show it as in need of attention again'), ...requirePermission('change_webhooks') },
    async (request, reply) => {
      const { accountId } = request.owner;
      const id = checkText(request.params.id, idCharsMax);
      if (id instanceof Invalid) return sendProblem(reply, unknown);
      const isDone = await store.withdrawAcknowledgement(accountId, id, actorOf(request));
      return isDone ? reply.code(204).send() : sendProblem(reply, unknown);
    },
  );
}

/** What needs attention, with who has acknowledged it. Acknowledgements of what has ended are removed. */
export async function readAttention(store: Store, accountId: string, nowMs: number): Promise<AttentionJson> {
  const attention = await findAttention(store, accountId, nowMs);
  const acknowledged = new Map(
    (await store.listAcknowledgements(accountId)).map((one) => [one.faultId, one]),
  );
  const items = attention.items.map((item) => {
    const fault = faultOf(item);
    const found = acknowledged.get(fault.id);
    const isSeen = found !== undefined && isStillAcknowledged(fault, found);
    if (isSeen) acknowledged.delete(fault.id);
    const seen = isSeen ? { by: found.acknowledgedBy, at: found.acknowledgedAt } : null;
    return { ...item, id: fault.id, acknowledged: seen };
  });
  const ended = [...acknowledged.keys()];
  if (ended.length > 0) await store.removeEnded(accountId, ended, new Date(nowMs).toISOString());
  return { ...attention, items };
}

function faultOf(item: FoundItem): Fault {
  switch (item.kind) {
    case 'rising_rejections':
      return { id: `${item.kind}:${item.webhook_id}`, cause: item.code, size: item.rejected };
    case 'silent_webhook':
      return { id: `${item.kind}:${item.webhook_id}`, cause: item.last_at, size: 0 };
    case 'silent_publisher':
    case 'silent_buyer':
      return { id: `${item.kind}:${item.name}`, cause: item.last_at, size: 0 };
    case 'unmatched':
      return { id: `${item.kind}:${item.code}`, cause: '', size: item.count };
    case 'invalid_keys':
      return { id: `${item.kind}:${item.webhook_id ?? ''}`, cause: '', size: item.requests };
    case 'outgoing_failing':
      return { id: `${item.kind}:${item.webhook_id}`, cause: `${item.reason} ${item.since}`, size: 0 };
    case 'waiting_updates':
      return { id: item.kind, cause: '', size: item.updates };
  }
}
