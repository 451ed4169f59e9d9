import type { FastifyReply } from 'fastify';
import type { Call } from '../../../core/calls/call.ts';
import { callJsonOf } from '../../../core/calls/call-json.ts';
import { reject } from '../../../core/updates/rejection.ts';
import type { TimelineItem } from '../../../store/store.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import type { CallJson, TimelineItemJson } from './call-schemas.ts';

/** A call as the API shows it. */
export function callToJson(call: Call): CallJson {
  return callJsonOf(call) as CallJson; // the field tables name exactly the members of the schema
}

/** An item of a timeline. A change by hand may have waited in the queue too, but is no postback. */
export function timelineItemToJson(item: TimelineItem): TimelineItemJson {
  const { at, kind, by, changes, postbackId, status, code, appliedAt, update, replayOf, replayedBy } = item;
  const { undoOf, undoneBy, delivery } = item;
  return {
    at,
    kind,
    by,
    changes: changes as TimelineItemJson['changes'], // the same shape, with the values' types left open
    ...(kind === 'postback' && postbackId !== null && { postback_id: postbackId }),
    ...(undoOf !== null && { undo_of: undoOf }),
    ...(undoneBy !== null && { undone_by: undoneBy }),
    ...(replayOf !== null && replayedBy !== null && { replay_of: replayOf, replayed_by: replayedBy }),
    ...(item.attachedBy !== null && { attached_by: item.attachedBy }),
    ...(item.dismissedBy !== null && {
      dismissed_by: item.dismissedBy,
      dismiss_reason: item.dismissReason ?? '',
    }),
    ...(status !== null && { status, applied_at: appliedAt }),
    ...(code !== null && { code }),
    ...(update !== null && { update }),
    ...(delivery !== null && {
      ...{ delivery_id: delivery.deliveryId, event: delivery.event, attempts: delivery.attempts },
    }),
  };
}

export function sendUnknownCall(reply: FastifyReply): FastifyReply {
  const detail = 'No call has this call_log_id: check the id, or send the call first.';
  return sendProblem(reply, reject('call_not_found', detail));
}
