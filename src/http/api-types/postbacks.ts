import Type, { type Static } from 'typebox';
import { instantQuery, page, textQuery } from './lists.ts';
import { fault } from './problem.ts';
import { changes, instant, nullable, oneOf } from './values.ts';

export const postbackStatuses = ['queued', 'applied', 'unchanged', 'rejected'] as const;
export const postbackJson = Type.Object(
  {
    id: Type.String(),
    webhook_id: Type.String(),
    webhook_name: Type.String(),
    received_at: instant,
    applied_at: nullable(instant),
    status: oneOf(postbackStatuses),
    code: nullable(Type.String()),
    detail: nullable(Type.String()),
    call_log_id: nullable(Type.String()),
    phone_number: nullable(Type.String()),
    matched_by: nullable(oneOf(['call_log_id', 'phone_number'])),
    candidates: nullable(Type.Integer()),
    transaction_id: nullable(Type.String()),
    dry_run: Type.Boolean(),
    source_ip: Type.String(),
    request: Type.Unknown({
      description:
        'method, query and headers without the key, body; `removed` is true where the body was too old to be kept',
    }),
    update: Type.Unknown(),
    changes,
    errors: Type.Array(fault),
    ignored: Type.Array(Type.String()),
  },
  { $id: 'Postback' },
);

export const postbackRef = Type.Ref('Postback');
export type PostbackJson = Static<typeof postbackJson>;
export const postbacksQuery = Type.Object({
  ...page,
  webhook_id: textQuery,
  status: Type.Optional(oneOf(postbackStatuses)),
  code: textQuery,
  call_log_id: textQuery,
  transaction_id: textQuery,
  from: instantQuery,
  to: instantQuery,
});
