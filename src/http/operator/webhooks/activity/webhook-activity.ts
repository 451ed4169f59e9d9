import type { FastifyInstance } from 'fastify';
import { noOutcomes, type OutcomeCounts } from '../../../../core/updates/postback.ts';
import type { OutcomesOfWebhook } from '../../../../store/store.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { isUuid } from '../../page.ts';
import { PeriodCounts } from '../../period-counts.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, apiDocs, type ById, documentedOnly, type List, namesOf } from '../../route.ts';
import { unknownWebhook } from '../own-webhook.ts';
import {
  activityQuery,
  hoursMax,
  rejectionsQuery,
  type WebhookActivityJson,
  type WebhookRejectionsJson,
  webhookActivityJson,
  webhookRejectionsJson,
} from './webhook-activity-schemas.ts';

const hoursDefault = 24;
const countBudgetMs = 750;
const countFreshMs = 5_000;
const hourMs = 3_600_000;

/** How busy incoming webhooks are, and what they reject. */
export function registerWebhookActivityRoutes(app: FastifyInstance, { store }: Api): void {
  const docs = { ...apiDocs, tags: ['incoming webhooks'] };
  const hourCounts = new PeriodCounts({
    ...{ periodMs: hourMs, periodsMax: hoursMax, freshMs: countFreshMs, budgetMs: countBudgetMs },
    count: async (accountId, fromMs, toMs) => byWebhook(await store.countByWebhook(accountId, fromMs, toMs)),
    now: Date.now,
  });

  app.get<List>(
    '/webhooks/activity',
    {
      schema: {
        ...docs,
        summary: 'Postbacks an hour by webhook and outcome, and each webhook’s last one',
        querystring: activityQuery,
        response: { 200: webhookActivityJson, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async ({ query, owner: { accountId } }, reply) => {
      const reader = new ListReader(query, namesOf(activityQuery));
      const hours = reader.wholeNumber('hours', 1, hoursMax) ?? hoursDefault;
      const webhookId = reader.uuid('webhook_id', 'Send the id of an incoming webhook.') ?? null;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const [last, counted] = await Promise.all([
        store.findLastPostbacks(accountId, webhookId),
        hourCounts.read(accountId, hours),
      ]);
      return reply.header('cache-control', 'no-store').send({
        hours: counted.map(({ at }) => new Date(at).toISOString()),
        items: last.map((webhook) => ({
          webhook_id: webhook.webhookId,
          last_postback_at: webhook.lastAt,
          counts: counted.map(({ counts }) => counts && (counts.get(webhook.webhookId) ?? noOutcomes())),
        })),
      } satisfies WebhookActivityJson);
    },
  );

  app.get<ById & List>(
    '/webhooks/incoming/:id/rejections',
    {
      schema: {
        ...docs,
        summary: 'What a webhook rejected, by code',
        querystring: rejectionsQuery,
        response: { 200: webhookRejectionsJson, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async ({ params: { id }, query, owner: { accountId } }, reply) => {
      const reader = new ListReader(query, namesOf(rejectionsQuery));
      const hours = reader.wholeNumber('hours', 1, hoursMax) ?? hoursDefault;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      if (!isUuid(id) || (await store.findWebhook(accountId, id)) === null) {
        return sendProblem(reply, unknownWebhook());
      }
      const { items, isMore } = await store.countRejectionsOf(accountId, id, Date.now() - hours * hourMs);
      return reply.header('cache-control', 'no-store').send({
        items: items.map(({ code, count, lastId, lastAt, detail }) => ({
          code,
          count,
          last: { postback_id: lastId, at: lastAt, detail },
        })),
        is_more: isMore,
      } satisfies WebhookRejectionsJson);
    },
  );
}

function byWebhook(rows: OutcomesOfWebhook[]): Map<string, OutcomeCounts> {
  const counts = new Map<string, OutcomeCounts>();
  for (const { webhookId, status, count } of rows) {
    const ofWebhook = counts.get(webhookId) ?? noOutcomes();
    ofWebhook[status] = count;
    counts.set(webhookId, ofWebhook);
  }
  return counts;
}
