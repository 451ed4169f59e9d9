/** Which postbacks a request is about that does something to many. */
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { isUuid, parseCursor } from '../page.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';

type Asked = { webhook_id?: string; from?: string; to?: string; cursor?: string } | undefined;

/** `after`: the id of the postback that was looked at last */
type ManyFilter = Partial<{ webhookId: string; fromMs: number; toMs: number; after: string }>;

export function readManyFilter(asked: Asked, timeZone: string): ManyFilter | Rejection {
  const { webhook_id: webhookId, from, to, cursor } = asked ?? {};
  const faults: Fault[] = [];
  const read = (field: 'from' | 'to', value: string | Invalid) => {
    if (!(value instanceof Invalid)) return Date.parse(value);
    faults.push({ field, code: value.code, detail: value.detail });
    return 0;
  };
  if (webhookId !== undefined && !isUuid(webhookId))
    faults.push({
      field: 'webhook_id',
      code: 'invalid_value',
      detail: 'Send the id of an incoming webhook.',
    });
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (after !== null && !isUuid(after))
    faults.push({ field: 'cursor', code: 'invalid_value', detail: 'Send the next_cursor of a response.' });
  const filter = {
    ...(isUuid(after) && { after }),
    ...(webhookId !== undefined && { webhookId }),
    ...(from !== undefined && { fromMs: read('from', readPeriodStart(from, timeZone)) }),
    ...(to !== undefined && { toMs: read('to', readPeriodEnd(to, timeZone)) }),
  };
  return faults.length > 0 ? rejectFaults(faults) : filter;
}

/** @param done what was done before the database was lost */
export function interrupted(rejection: Rejection, done: string): Rejection {
  return { ...rejection, detail: `${rejection.detail} ${done}: send the request again.` };
}
