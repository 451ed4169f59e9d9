import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { NearCall } from '../../api/postbacks/inbox.ts';
import { Button } from '../../components/button.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { numberWords, timeWords } from './near-words.ts';

export type NearCallsProps = {
  nearest: NearCall[];
  /** left out: the calls are only shown */
  onAttach?: ((callLogId: string) => void) | undefined;
};

/** Calls that a postback may be for, the nearest first, each with how far off it is. */
export function NearCalls({ nearest, onAttach }: NearCallsProps) {
  const [isWhole, setWhole] = useState(false);
  if (nearest.length === 0) {
    return <p className="text-muted text-sm">No call is near in number or time.</p>;
  }
  const shown = isWhole ? nearest : nearest.slice(0, shownMax);
  return (
    <>
      <ul aria-label="Near calls" className="divide-y divide-line">
        {shown.map((call) => (
          <li key={call.call_log_id} className="flex items-center justify-between gap-3 py-2 first:pt-0">
            <NearCallFacts call={call} />
            {onAttach !== undefined && (
              <Button
                size="small"
                onClick={() => onAttach(call.call_log_id)}
                aria-label={`Attach to ${call.call_log_id}`}
              >
                Attach
              </Button>
            )}
          </li>
        ))}
      </ul>
      {shown.length < nearest.length && (
        <Button size="small" look="quiet" onClick={() => setWhole(true)}>
          Show {nearest.length - shown.length} more
        </Button>
      )}
    </>
  );
}

/** The nearest is the likely one; five for each postback would fill a window. */
const shownMax = 2;

function NearCallFacts({ call }: { call: NearCall }) {
  const { call_log_id: callLogId, phone_number: number, distance, campaign, buyer, state } = call;
  const partners = [campaign, buyer].filter((name) => name !== null).join(' · ');
  return (
    <div className="min-w-0 text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <Link
          to="/calls/$callLogId"
          params={{ callLogId }}
          className="break-all font-medium text-accent hover:underline"
        >
          <bdi>{callLogId}</bdi>
        </Link>
        {state === 'live' && <StatusBadge status="live" />}
        <span className={distance.number === 0 ? 'font-medium text-applied text-xs' : 'text-muted text-xs'}>
          {numberWords(distance)}
        </span>
      </p>
      <p className="text-muted text-xs">
        {number ?? 'no number'} · <Time at={call.started_at} />, {timeWords(distance)}
        {partners !== '' && (
          <>
            {' '}
            · <bdi>{partners}</bdi>
          </>
        )}
      </p>
    </div>
  );
}
