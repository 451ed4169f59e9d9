import type { FastifyInstance } from 'fastify';
import { auditActions } from '../../../core/access/audit-action.ts';
import { Invalid } from '../../../core/values/fault.ts';
import type { AuditEvent } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { listOf } from '../list-schemas.ts';
import { isUuid, writeCursor } from '../page.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { requirePermission } from './access.ts';
import { type AuditEventJson, auditEventJson, auditQuery } from './audit-schemas.ts';

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
      ...requirePermission('read_audit_log'),
    },
    async (request, reply) => {
      const { accountId, timeZone } = await accountOf(api, request);
      const reader = new ListReader(request.query, namesOf(auditQuery));
      const { limit, cursor: before } = reader.page(isUuid);
      const filter = definedOnly({
        action: reader.choice('action', auditActions),
        targetId: reader.text('target_id'),
        personId: reader.value('actor_person_id', readPersonId),
        from: reader.from('from', timeZone),
        to: reader.to('to', timeZone),
      });
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { items, cursor } = await api.store.listAuditEvents(accountId, filter, limit, before);
      return { items: items.map(eventToJson), next_cursor: writeCursor(cursor) };
    },
  );
}

const wrongPersonId = new Invalid('Send the id of a person, as the list of people has it.');

function readPersonId(text: string): string | Invalid {
  return isUuid(text) ? text : wrongPersonId;
}

function eventToJson({ event_id: id, ...event }: AuditEvent): AuditEventJson {
  return { id, ...event };
}
