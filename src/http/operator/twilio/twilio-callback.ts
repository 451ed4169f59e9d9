/** What a Twilio status callback says of a call. */
import { type CallEvent, decodeCallEvent } from '../../../core/calls/call-event.ts';
import { legEvent } from '../../../core/calls/leg.ts';
import { readCallLogId } from '../../../core/values/call-log-id.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { checkText } from '../../../core/values/text.ts';
import type { Account } from '../../../store/store.ts';

type Ending = {
  state: 'live' | 'completed';
  timeIs?: 'started_at' | 'answered_at' | 'ended_at';
  endStatus?: string;
};

/** What each CallStatus says of the call, and which of its times the callback's Timestamp is. */
const statuses: ReadonlyMap<string, Ending> = new Map([
  ['queued', { state: 'live', timeIs: 'started_at' }],
  ['initiated', { state: 'live', timeIs: 'started_at' }],
  ['ringing', { state: 'live' }],
  ['in-progress', { state: 'live', timeIs: 'answered_at' }],
  ['answered', { state: 'live', timeIs: 'answered_at' }], // SignalWire's word
  ['completed', { state: 'completed', timeIs: 'ended_at', endStatus: 'answered' }],
  ['busy', { state: 'completed', timeIs: 'ended_at', endStatus: 'busy' }],
  ['failed', { state: 'completed', timeIs: 'ended_at', endStatus: 'failed' }],
  ['no-answer', { state: 'completed', timeIs: 'ended_at', endStatus: 'no-answer' }],
  ['canceled', { state: 'completed', timeIs: 'ended_at', endStatus: 'canceled' }],
]);

/** The parameter that a field comes from, where it has another name. */
const parameterNames: Record<string, string> = {
  tracking_number: 'To',
  duration_seconds: 'CallDuration',
  connected_seconds: 'DialCallDuration',
};

const fromCharsMax = 200;

/** The call that a callback is about: of a leg, its parent. */
export type Callback = { callLogId: string; event: CallEvent };

/** @param query of the callback URL: `campaign`, `publisher` and `buyer` may stand there */
export function readCallback(
  form: URLSearchParams,
  query: URLSearchParams,
  context: Account & { receivedAt: string },
): Callback | { faults: Fault[] } {
  const faults: Fault[] = [];
  const callLogId = readCallLogId(form.get('CallSid') ?? '');
  if (callLogId instanceof Invalid) {
    const detail = `The CallSid is missing or no id. ${callLogId.detail}`;
    faults.push({ field: 'CallSid', code: 'call_not_identified', detail });
  }
  const status = statuses.get(form.get('CallStatus') ?? '');
  if (status === undefined) {
    const detail = `Send one of: ${[...statuses.keys()].join(', ')}.`;
    faults.push({ field: 'CallStatus', code: 'invalid_value', detail });
  }
  const { event, faults: eventFaults } = decodeCallEvent(
    withoutEmpty({
      state: status?.state,
      end_status: status?.endStatus,
      ...(status?.timeIs !== undefined && { [status.timeIs]: readTimestamp(form.get('Timestamp')) }),
      direction: form.get('Direction')?.startsWith('outbound') === true ? 'outbound' : null,
      phone_number: form.get('From'),
      tracking_number: form.get('To'),
      duration_seconds: form.get('CallDuration'),
      connected_seconds: form.get('DialCallDuration'),
      campaign: query.get('campaign'),
      publisher: query.get('publisher'),
      buyer: query.get('buyer'),
    }),
    context,
  );
  event.happenedAt = readTimestamp(form.get('Timestamp'));
  for (const fault of eventFaults) {
    if (fault.field === 'phone_number') event.facts.phone_number = readAnonymous(form.get('From'));
    else faults.push({ ...fault, field: parameterNames[fault.field ?? ''] ?? fault.field });
  }
  const recording = form.get('RecordingUrl');
  if (recording !== null && /^https?:\/\/\S+$/.test(recording)) event.facts.recording_url = recording;
  const parentId = readCallLogId(form.get('ParentCallSid')?.trim() ?? '');
  if (faults.length > 0 || callLogId instanceof Invalid) return { faults };
  if (parentId instanceof Invalid || parentId === callLogId) return { callLogId, event };
  return { callLogId: parentId, event: legEvent(callLogId, withTalkingTime(event)) };
}

/** What Twilio calls the duration of an answered leg is its talking time. */
function withTalkingTime(event: CallEvent): CallEvent {
  const { end_status: endStatus, duration_seconds: seconds = null } = event.facts;
  if (endStatus !== 'answered' || event.facts.connected_seconds !== undefined) return event;
  return { ...event, facts: { ...event.facts, connected_seconds: seconds } };
}

/** RFC 2822, such as `Mon, 23 Nov 2026 10:00:00 +0000`; undefined for what is no time. */
function readTimestamp(text: string | null): string | undefined {
  const at = Date.parse(text ?? '');
  return at > 0 && at < Date.UTC(10_000, 0) ? new Date(at).toISOString() : undefined;
}

/** A caller may be anonymous or a SIP address: the call counts all the same, and keeps what Twilio said. */
function readAnonymous(from: string | null): string | null {
  const text = checkText(from?.trim() ?? '', fromCharsMax);
  return text instanceof Invalid || text === '' ? null : text;
}

function withoutEmpty(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => (value ?? '') !== ''));
}
