import Type, { type Static } from 'typebox';
import { auditActions } from '../../../core/access/audit-action.ts';
import { instantQuery, page, textQuery } from '../list-schemas.ts';
import { changes, instant, nullable, oneOf } from '../value-schemas.ts';

export const auditEventJson = Type.Object(
  {
    id: Type.String(),
    at: instant,
    actor: Type.String({ description: 'name of the person or token, or "command line"' }),
    actor_token_id: nullable(Type.String()),
    actor_person_id: nullable(Type.String()),
    source_ip: nullable(Type.String()),
    action: oneOf(auditActions),
    target_id: nullable(Type.String({ description: 'of the account, token or webhook' })),
    target_name: nullable(Type.String()),
    changes,
  },
  { title: 'AuditEvent' },
);
export type AuditEventJson = Static<typeof auditEventJson>;

export const auditQuery = Type.Object({
  ...page,
  action: Type.Optional(oneOf(auditActions)),
  target_id: textQuery,
  actor_person_id: textQuery,
  from: instantQuery,
  to: instantQuery,
});
