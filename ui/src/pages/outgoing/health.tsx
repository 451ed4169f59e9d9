import type { OutgoingJson } from '../../api/webhooks/outgoing.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';

const pendingMax = 10_000;

/** Whether it delivers, and if not, since when and why. */
export function Health({ webhook }: { webhook: OutgoingJson }) {
  const { paused, paused_reason: reason, paused_at: pausedAt, failing_since: failingSince } = webhook;
  if (paused) {
    return (
      <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <StatusBadge status="paused" />
        <span className="text-muted text-xs">
          {reason === null ? '' : reasonWords[reason]} <Time at={pausedAt} isRelative />
        </span>
      </span>
    );
  }
  if (failingSince === null) return <StatusBadge status="active" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <StatusBadge status="failing" />
      <span className="text-muted text-xs">
        first failure <Time at={failingSince} isRelative />
      </span>
    </span>
  );
}

const reasonWords = {
  by_hand: 'by hand',
  gone: 'the receiver answered 410 Gone',
  failing: 'nothing but failures for 5 days',
};

/** Events that are not delivered yet. */
export function pendingWords({ pending = 0 }: OutgoingJson): string {
  return `${pending.toLocaleString('en-US')}${pending >= pendingMax ? ' or more' : ''}`;
}
