import type { ReactNode } from 'react';
import type { CallJson } from '../../../../src/http/operator/calls/call-schemas.ts';
import { CopyButton } from '../../components/copy.tsx';
import { Duration } from '../../components/duration.tsx';
import { Time } from '../../components/time.tsx';

/** Every field of a call that is not told above. */
export function CallFacts({ call }: { call: CallJson }) {
  const facts: [string, ReactNode][] = [
    ['Call id', <Id key="id" text={call.call_log_id} />],
    ['Other ids', textOf(call.other_ids.join('\n') || null)],
    ['Caller', textOf(call.caller_withheld ? 'Withheld' : call.phone_number)],
    ['Direction', textOf(call.direction)],
    ['Tracking number', textOf(call.tracking_number)],
    ['Campaign', textOf(call.campaign)],
    ['Publisher', textOf(call.publisher)],
    ['Buyer', textOf(call.buyer)],
    ['Started', <Time key="started" at={call.started_at} />],
    ['Answered', <Time key="answered" at={call.answered_at} />],
    ['Ended', <Time key="ended" at={call.ended_at} />],
    ['Talking time', <Duration key="connected" seconds={call.connected_seconds} />],
    ['Recording', <Recording key="recording" url={call.recording_url} />],
    ['End status', textOf(call.end_status)],
    ['Converted at', <Time key="converted" at={call.call_converted_at} />],
    ['Reason', textOf(call.reason)],
    ['No-payout reason', textOf(call.no_payout_reason)],
    ['First seen', <Time key="created" at={call.created_at} />],
    ['Last changed', <Time key="updated" at={call.updated_at} />],
  ];
  return (
    <section aria-labelledby="fields-heading" className="rounded-lg border border-line bg-surface p-4">
      <h2 id="fields-heading" className="mb-3 font-semibold">
        Fields
      </h2>
      <dl className="space-y-2 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="grid grid-cols-[8rem_minmax(0,1fr)] gap-3">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Opens at the phone system, which learns nothing of the page that it was opened from. */
function Recording({ url }: { url: string | null }): ReactNode {
  if (url === null) return textOf(null);
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="break-all underline">
      {url}
    </a>
  );
}

function textOf(text: string | null): ReactNode {
  return text === null ? (
    <span className="text-muted">–</span>
  ) : (
    <bdi className="whitespace-pre-wrap">{text}</bdi>
  );
}

function Id({ text }: { text: string }) {
  return (
    <span className="flex items-start justify-between gap-2">
      <bdi className="min-w-0 break-all font-mono text-xs leading-5">{text}</bdi>
      <CopyButton text={text} what="call id" />
    </span>
  );
}
