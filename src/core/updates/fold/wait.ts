/** Postbacks that come before their call: until when they wait, and which calls they may be for (docs/senders.md#waiting-for-the-call). */
import { countsFrom, type MatchRule, type Outcome, type Postback, rejectedOutcome } from '../postback.ts';
import type { Rejection, RejectionCode } from '../rejection.ts';

export const unmatchedChoices = ['refuse', 'wait'] as const;
/** What a webhook does with a postback that finds no call. */
export type Unmatched = (typeof unmatchedChoices)[number];

/** What a postback is rejected with that finds no call; with these codes it may wait, or be attached by hand. */
export const unmatchedCodes = [
  'call_not_found',
  'no_call_in_window',
  'ambiguous_call',
] as const satisfies RejectionCode[];

const hourMs = 3_600_000;
/** Clocks differ: a call may seem to start this much after the postback about it. */
const clockSkewMs = 5 * 60_000;

/** When the call of a number may have started, as instants, and which one is picked among several. */
export type MatchWindow = { from: string; to: string; rule: MatchRule };

/** How long a postback waits. Instants. */
export type Wait = {
  /** as the response to its sender says */
  expiresAt: string;
  /** until when a call record is taken: calls that started in time may be reported late */
  until: string;
};

/** The webhook's own window and rule, as of the receipt; null for a change by hand, which names its call. */
export function matchWindowOf(postback: Postback): MatchWindow | null {
  const { sender, window } = postback;
  if (window !== undefined) return window;
  if (!('revision' in sender)) return null;
  const receivedMs = Date.parse(countsFrom(postback));
  return {
    from: instantAt(receivedMs - sender.matchWindowHours * hourMs),
    to: instantAt(receivedMs + clockSkewMs),
    rule: sender.matchRule,
  };
}

/** How long a postback waits that was received at `receivedAt`. */
export function waitFor(receivedAt: string, waitHours: number): Wait {
  const until = instantAt(Date.parse(receivedAt) + waitHours * hourMs);
  return { expiresAt: until, until };
}

/** Call data is for the first call that starts within its lifespan, or that started a little before it was received. */
export function waitOfCallData(
  receivedAt: string,
  lifespanSeconds: number,
  waitHours: number,
): { wait: Wait; window: MatchWindow } {
  const receivedMs = Date.parse(receivedAt);
  const endMs = receivedMs + lifespanSeconds * 1_000;
  return {
    wait: { expiresAt: instantAt(endMs), until: instantAt(endMs + waitHours * hourMs) },
    window: { from: instantAt(receivedMs - clockSkewMs), to: instantAt(endMs), rule: 'first' },
  };
}

function instantAt(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The outcome of a postback that waits instead of being rejected. */
export function waitingOutcome(
  postback: Postback,
  { expiresAt }: Wait,
  rejection: Rejection,
  candidates: number | null,
): Outcome {
  const { code, detail, callLogIds = [] } = rejection;
  return {
    ...rejectedOutcome(postback, rejection, candidates ?? 0),
    status: 'waiting',
    rejection: null,
    waiting: { expiresAt, ...(code === 'ambiguous_call' && { ambiguity: { code, detail, callLogIds } }) },
  };
}
