import type { FastifyInstance } from 'fastify';
import { auditActions } from '../../core/audit-action.ts';
import type { AuditEvent } from '../../store/store.ts';
import { type AuditEventJson, auditEventJson, auditQuery } from '../api-types/audit.ts';
import { listOf } from '../api-types/lists.ts';
import { problem } from '../api-types/problem.ts';
import { sendProblem } from '../problem.ts';
import { needs } from './access.ts';
import { definedOnly, ListReader } from './list-reader.ts';
import { isUuid, writeCursor } from './page.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from './route.ts';

export function registerAuditRoutes(app: FastifyInstance, api: Api): void {
  app.get<List>(
    '/audit',
    {
      schema: {
        ...apiDocs,
        tags: ['audit log'],
        summary: 'List administrative acts, newest first',
        querystring: auditQuery,
        response: { 200: listOf(auditEventJson), '4xx': problem },
      },
      ...documentedOnly,
      ...needs('read_audit_log'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(auditQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      const filter = definedOnly({
        action: reader.choice('action', auditActions),
        targetId: reader.text('target_id'),
        from: reader.instant('from', timeZone),
        to: reader.instant('to', timeZone),
      });
      if (reader.refusal !== null) return sendProblem(reply, reader.refusal);
      const { items, cursor } = await api.store.listAuditEvents(accountId, filter, limit, before);
      return { items: items.map(eventToJson), next_cursor: writeCursor(cursor) };
    },
  );
}

function eventToJson({ event_id: id, ...event }: AuditEvent): AuditEventJson {
  return { id, ...event };
}
