import { type Changes, noChanges } from '../calls/call.ts';
import type { CallEvent } from '../calls/call-event.ts';
import type { Target } from './decode/decode.ts';
import type { Repeats } from './fold/repeats.ts';
import type { ChangedSince } from './fold/undo.ts';
import type { MatchWindow, Wait } from './fold/wait.ts';
import type { Rejection } from './rejection.ts';
import type { Update } from './update.ts';

export type MatchRule = 'latest' | 'first' | 'longest' | 'only';
export const matchRules = ['latest', 'first', 'longest', 'only'] as const satisfies MatchRule[];

export const matchedBys = ['call_log_id', 'other_id', 'phone_number'] as const;
/** How a postback named its call: by its id, by one of its other ids, or by the caller's number. */
export type MatchedBy = (typeof matchedBys)[number];

/** Who sent an update: an incoming webhook, a person who undoes a postback of one, or a person who changed a call by hand. */
type Sender =
  | {
      webhookId: string;
      /** the webhook's settings as they were read; the store answers `stale` when they have changed since */
      revision: string;
      matchWindowHours: number;
      matchRule: MatchRule;
      /** left out: every field is set */
      repeats?: Repeats;
      /** true: another update under a known transaction id replaces the earlier one */
      isCorrecting?: boolean;
      webhookName?: string;
    }
  | { webhookId: string; webhookName: string; undoneBy: string }
  | { changedBy: string };

/** A rejected request that an operator sends through again. */
type Replay = {
  /** the postback that was rejected */
  of: string;
  /** instant of the first receipt */
  firstReceivedAt: string;
  by: string;
};

/** One request on its way to the database: its update, or why it was rejected before. */
export type Postback = {
  accountId: string;
  /** uuid v7, made at receipt: its order is the order of receipt */
  postbackId: string;
  /** instant */
  receivedAt: string;
  sender: Sender;
  sourceIp: string;
  /** JSON text of the request as it is logged, without the key */
  request: string;
  target: Target | null;
  update: Update;
  /** of a webhook of type `calls`: what the request reports, in place of an update */
  event?: CallEvent;
  transactionId: string | null;
  isDryRun: boolean;
  ignored: string[];
  /** set when the request was rejected before a call was looked for; it is logged all the same */
  rejection: Rejection | null;
  /** it could not be read for what `rejection` says, and waits in the log until it can be */
  isKept?: boolean;
  /** it was kept, and is read again under its own id */
  isReread?: boolean;
  /** its webhook's mapping is not about requests like this: it is counted, and neither done nor logged */
  isIgnored?: boolean;
  replay?: Replay;
  /** of the batch or import that it is an item of */
  batchId?: string;
  /** set where the webhook lets a postback wait for its call */
  wait?: Wait;
  /** set where the window is not that of the webhook's settings */
  window?: MatchWindow;
  /** it was answered before and has waited since: a live call queues whatever it sets */
  hasWaited?: true;
  /** the postback that this one undoes; it has no update of its own then */
  undoOf?: string;
};

/** The instant that the match window and the conversion time count from: a replay's is that of the first receipt. */
export function countsFrom({ receivedAt, replay }: Postback): string {
  return replay?.firstReceivedAt ?? receivedAt;
}

/**
 * The result of a postback so far. Three of them end later: `queued` when its call completes, `waiting` when its call
 * arrives or its time is over (`expired`), `kept` when its webhook's mapping can read it.
 */
export const postbackStatuses = [
  'created',
  'queued',
  'applied',
  'unchanged',
  'rejected',
  'kept',
  'waiting',
  'expired',
] as const;
export type PostbackStatus = (typeof postbackStatuses)[number];

/** What a sender is answered with, of what is in the log. */
export type AnsweredStatus = Exclude<PostbackStatus, 'expired'>;
/** How many postbacks had each outcome. */
export type OutcomeCounts = Record<AnsweredStatus, number>;

export function noOutcomes(): OutcomeCounts {
  return { created: 0, applied: 0, unchanged: 0, queued: 0, waiting: 0, kept: 0, rejected: 0 };
}

/** The result of a postback: the response to its sender and the row in the log. */
export type Outcome = {
  postbackId: string;
  /** `ignored` is in no log */
  status: PostbackStatus | 'ignored';
  isDuplicate: boolean;
  callLogId: string | null;
  matchedBy: MatchedBy | null;
  /** how many calls the number matched in the window; 1 for a call named by its id */
  candidates: number | null;
  changes: Changes;
  /** fields and `tags.KEY` that kept the value they had, by the webhook's policy */
  kept: string[];
  ignored: string[];
  /** why it is rejected, or what could not be read of one that is kept */
  rejection: Rejection | null;
  /** of an undo or a correction */
  undo?: { of: string; changedSince: ChangedSince[] };
  /** of a postback that waits */
  waiting?: Waiting;
};

/** Until when a postback waits, and why it goes on waiting although calls match. */
export type Waiting = {
  /** instant */
  expiresAt: string;
  ambiguity?: Pick<Rejection, 'code' | 'detail'> & { callLogIds: string[] };
};

/** The outcome of a rejected postback. */
export function rejectedOutcome(
  { postbackId, target, ignored }: Pick<Postback, 'postbackId' | 'target' | 'ignored'>,
  rejection: Rejection,
  candidates: number | null = null,
): Outcome {
  return {
    postbackId,
    status: 'rejected',
    isDuplicate: false,
    callLogId: target !== null && 'callLogId' in target ? target.callLogId : null,
    matchedBy: matchedByOf(target),
    candidates,
    changes: noChanges(),
    kept: [],
    ignored,
    rejection,
  };
}

/** The outcome of a postback whose webhook is not about requests like it. */
export function ignoredOutcome(postbackId: string): Outcome {
  return {
    postbackId,
    status: 'ignored',
    isDuplicate: false,
    callLogId: null,
    matchedBy: null,
    candidates: null,
    changes: noChanges(),
    kept: [],
    ignored: [],
    rejection: null,
  };
}

/** How a target identifies its call; null without a target. */
export function matchedByOf(target: Target | null): MatchedBy | null {
  if (target === null) return null;
  return 'callLogId' in target ? 'call_log_id' : 'phone_number';
}

/** The webhook's settings changed after the request was read with them: read them and the request again. */
export type Stale = 'stale';

/** Another transaction holds the call that the postback is for; nothing was done. */
export type Locked = 'locked';
