import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import { adviceOn } from '../webhooks/activity/rejection-advice.ts';

type Told = Pick<PostbackJson, 'status' | 'code' | 'detail' | 'changes'>;

export const statusWords = {
  created: 'created',
  applied: 'applied',
  unchanged: 'unchanged',
  queued: 'queued',
  waiting: 'waiting',
  kept: 'kept',
  rejected: 'rejected',
  expired: 'expired',
} as const;

/** The result of a postback, in a sentence; of a rejection, what its code means. */
export function outcomeSentence({ status, code, changes }: Told): string {
  switch (status) {
    case 'created':
      return 'Created the call.';
    case 'applied': {
      const count = Object.keys(changes).length;
      return count === 1 ? 'Changed one field of the call.' : `Changed ${count} fields of the call.`;
    }
    case 'unchanged':
      return 'The call already had every value.';
    case 'queued':
      return 'Waits for its call to complete.';
    case 'waiting':
      return 'Waits for its call to arrive.';
    case 'kept':
      return 'Could not be read; kept until the mapping of its webhook can.';
    case 'expired':
      return 'No call arrived within its waiting time.';
    case 'rejected':
      return code === null ? 'Rejected.' : adviceOn(code).meaning;
  }
}
