import type { FastifyInstance } from 'fastify';
import { requirePermission } from '../access/access.ts';
import { PeriodCounts } from '../period-counts.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs } from '../route.ts';
import { readAttention, registerAcknowledgementRoutes } from './acknowledgements.ts';
import { type ActivityJson, activityJson, attentionJson } from './overview-schemas.ts';

const minuteMs = 60_000;
const minutesShown = 60;
const countBudgetMs = 1_000;

/** What is going on now, and what needs attention. */
export function registerOverviewRoutes(app: FastifyInstance, api: Api): void {
  const { store, metrics } = api;
  registerAcknowledgementRoutes(app, api);
  const docs = (summary: string, response: object) => ({
    schema: { ...apiDocs, tags: ['overview'], summary, response: { 200: response, '4xx': problem } },
    ...requirePermission('read'),
  });
  const minuteCounts = new PeriodCounts({
    ...{ periodMs: minuteMs, periodsMax: minutesShown, freshMs: 0, budgetMs: countBudgetMs },
    count: store.countOutcomes,
    now: Date.now,
  });

  app.get(
    '/overview/activity',
    docs('Postbacks a minute by outcome, live calls, queued updates and commit time', activityJson),
    async ({ owner: { accountId } }, reply) => {
      const { liveCalls, queuedUpdates } = await store.countWaitingOf(accountId);
      const minutes = await minuteCounts.read(accountId, minutesShown);
      const commit = metrics.recentCommits();
      return reply.header('cache-control', 'no-store').send({
        minutes: minutes.map(({ at, counts }) => ({ at: new Date(at).toISOString(), counts })),
        live_calls: liveCalls,
        queued_updates: queuedUpdates,
        commit: commit && { p50_ms: commit.p50, p99_ms: commit.p99, commits: commit.commits },
      } satisfies ActivityJson);
    },
  );

  app.get(
    '/overview/attention',
    docs(
      'What needs attention: rising rejections, silence, postbacks without a call, updates that wait',
      attentionJson,
    ),
    async ({ owner: { accountId } }, reply) => {
      const attention = await readAttention(store, accountId, Date.now());
      return reply.header('cache-control', 'no-store').send(attention);
    },
  );
}
