import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import { type Day, dateOf, daysOf, isLongerThan } from '../../../core/values/time/days.ts';
import type { CallReport, ReportGroups, ReportScope, ReportSums } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { requirePermission } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { isUuid } from '../page.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import {
  type CallReportJson,
  callReportJson,
  callReportQuery,
  reportDaysMax,
  reportGroupings,
  reportOrders,
} from './report-schemas.ts';

/** What calls brought, over a period of the account's days. */
export function registerReportRoute(app: FastifyInstance, api: Api): void {
  app.get<List>(
    '/reports/calls',
    {
      schema: {
        ...apiDocs,
        tags: ['overview'],
        summary: 'What the calls of a period brought, by day, campaign, publisher or buyer',
        querystring: callReportQuery,
        response: { 200: callReportJson, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const asked = readReport(request.query, timeZone, new Date().toISOString());
      if ('code' in asked) return sendProblem(reply, asked);
      const { scope, groups, days } = asked;
      const report = await api.store.reportCalls(accountId, scope, groups);
      return reply.header('cache-control', 'no-store').send({
        by: groups.by,
        from: scope.from,
        to: scope.to,
        time_zone: timeZone,
        ...(groups.by === 'day' ? byDay(report, days) : byPartner(report)),
      } satisfies CallReportJson);
    },
  );
}

type Asked = { scope: ReportScope; groups: ReportGroups; days: Day[] };

function readReport(query: Record<string, unknown>, timeZone: string, now: string): Asked | Rejection {
  const reader = new ListReader<keyof Static<typeof callReportQuery>>(query, namesOf(callReportQuery));
  const today = dateOf(now, timeZone);
  const from = reader.value('from', (text) => readPeriodStart(text, timeZone), today);
  const to = reader.value('to', (text) => readPeriodEnd(text, timeZone), today);
  const by = reader.choice('by', reportGroupings) ?? 'day';
  const order = reader.choice('order', reportOrders) ?? 'revenue';
  const { limit } = reader.page(isUuid);
  const partners = definedOnly({
    campaign: reader.text('campaign'),
    publisher: reader.text('publisher'),
    buyer: reader.text('buyer'),
  });
  if (reader.rejection !== null) return reader.rejection;
  if (from === undefined || to === undefined) throw new Error('a period has a default');
  if (from >= to) return rejectTo('The period ends before it begins.');
  if (isLongerThan(reportDaysMax, from, to, timeZone))
    return rejectTo(`Ask for at most ${reportDaysMax} days at once.`);
  const days = daysOf(from, to, timeZone);
  const groups = by === 'day' ? { by, starts: days.map((day) => day.from) } : { by, order, limit };
  return { scope: { from, to, ...partners }, groups, days };
}

function rejectTo(detail: string): Rejection {
  return rejectFaults([{ field: 'to', code: 'invalid_value', detail }]);
}

const noSums: ReportSums = {
  ...{ calls: 0, live: 0, converted: 0, conversion_rate: null },
  ...{ revenue: '0.00', payout_owed: '0.00', payout_held: '0.00' },
  ...{ payout_pending: '0.00', profit: '0.00' },
};

/** Every day of the period, also those on which no call started. */
function byDay({ totals, rows }: CallReport, days: Day[]) {
  const sums = new Map(rows.map((row) => [row.place, row.sums]));
  return {
    totals,
    rows: days.map(({ date }, place) => ({ key: date, ...(sums.get(place) ?? noSums) })),
    rest: null,
  };
}

function byPartner({ totals, rows }: CallReport) {
  const rest = rows.find(({ place }) => place === null);
  return {
    totals,
    rows: rows.filter((row) => row !== rest).map(({ name, sums }) => ({ key: name, ...sums })),
    rest: rest === undefined ? null : { groups: rest.groups, ...rest.sums },
  };
}
