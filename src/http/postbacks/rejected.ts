import type { Outcome, Postback } from '../../core/updates/postback.ts';
import type { Rejection } from '../../core/updates/rejection.ts';
import { nothingDecoded } from './read-postback.ts';

/** The outcome of a postback that never came to the writer, and is in no log. */
export function rejected(
  { postbackId, target }: Pick<Postback, 'postbackId' | 'target'>,
  rejection: Rejection,
): Outcome {
  return {
    postbackId,
    status: 'rejected',
    isDuplicate: false,
    callLogId: target !== null && 'callLogId' in target ? target.callLogId : null,
    matchedBy: null,
    candidates: null,
    changes: {},
    ignored: nothingDecoded.ignored,
    rejection,
  };
}
