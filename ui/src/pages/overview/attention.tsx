import { Link, type LinkProps } from '@tanstack/react-router';
import {
  CircleCheck,
  CloudOff,
  KeyRound,
  type LucideIcon,
  PhoneOff,
  SearchX,
  TimerOff,
  TrendingUp,
  VolumeX,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { type AttentionItemJson, useAcknowledge, useAttention } from '../../api/overview.ts';
import { useMay } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ErrorState, FailureNote } from '../../components/states/error-state.tsx';
import { Skeleton } from '../../components/states/skeleton.tsx';
import { Time } from '../../components/time.tsx';
import { adviceOn, meaningWithin } from '../webhooks/activity/rejection-advice.ts';

/** What an operator should look at, each with where to look. */
export function Attention() {
  const { data, error, refetch } = useAttention();
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} reset={() => void refetch()} />
    ) : (
      <Skeleton className="h-24 w-full" />
    );
  }
  return (
    <Card title="Needs attention">
      {data.items.length === 0 ? (
        <Quiet lastPostbackAt={data.last_postback_at} now={Date.parse(data.at)} />
      ) : (
        <Items items={data.items} />
      )}
    </Card>
  );
}

function Items({ items }: { items: AttentionItemJson[] }) {
  const acknowledge = useAcknowledge();
  const open = items.filter(({ acknowledged }) => acknowledged === null);
  const seen = items.filter(({ acknowledged }) => acknowledged !== null);
  const set = (id: string, isSeen: boolean) => acknowledge.mutate({ id, isSeen });
  return (
    <>
      {open.length === 0 ? (
        <p className="text-muted text-sm">Nothing new: all that needs attention was acknowledged.</p>
      ) : (
        <ul aria-label="Needs attention" className="divide-y divide-line">
          {open.map((item) => (
            <Item key={item.id} item={item} onAcknowledge={set} />
          ))}
        </ul>
      )}
      {seen.length > 0 && (
        <details className="mt-3 border-line border-t pt-3 text-sm">
          <summary className="cursor-pointer text-muted">Acknowledged ({seen.length})</summary>
          <ul aria-label="Acknowledged" className="mt-2 divide-y divide-line">
            {seen.map((item) => (
              <Item key={item.id} item={item} onAcknowledge={set} />
            ))}
          </ul>
        </details>
      )}
      <FailureNote error={acknowledge.error} />
    </>
  );
}

const dayMs = 86_400_000;

/** Nothing to report is good news only where something came in. */
function Quiet({ lastPostbackAt, now }: { lastPostbackAt: string | null; now: number }) {
  if (lastPostbackAt === null)
    return <p className="text-muted text-sm">No postback was received yet, so there is nothing to check.</p>;
  if (now - Date.parse(lastPostbackAt) > dayMs) {
    return (
      <p className="text-muted text-sm">
        No postback came in the last day, so there is nothing to judge. The last one came{' '}
        <Time at={lastPostbackAt} isRelative />.
      </p>
    );
  }
  return (
    <p className="flex items-center gap-2 text-muted text-sm">
      <CircleCheck aria-hidden className="size-4 text-applied" />
      Nothing: rejections do not rise, no sender is silent, every postback of the last day found its call.
    </p>
  );
}

const icons: Record<AttentionItemJson['kind'], LucideIcon> = {
  invalid_keys: KeyRound,
  rising_rejections: TrendingUp,
  silent_webhook: VolumeX,
  silent_publisher: PhoneOff,
  silent_buyer: PhoneOff,
  unmatched: SearchX,
  waiting_updates: TimerOff,
  outgoing_failing: CloudOff,
};

type ItemProps = { item: AttentionItemJson; onAcknowledge(id: string, isSeen: boolean): void };

function Item({ item, onAcknowledge }: ItemProps) {
  const Icon = icons[item.kind];
  const mayAcknowledge = useMay('change_webhooks');
  const { id, acknowledged } = item;
  return (
    <li className="flex flex-wrap gap-x-3 gap-y-1 py-2.5 text-sm first:pt-0 last:pb-0 sm:flex-nowrap">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-held" />
      <div className="min-w-0 flex-1 basis-4/5 break-words">
        {wordsOf(item)}
        {acknowledged !== null && (
          <Note>
            Acknowledged by <bdi>{acknowledged.by}</bdi> <Time at={acknowledged.at} isRelative />. It comes
            back when it occurs again or doubles.
          </Note>
        )}
      </div>
      {mayAcknowledge && (
        <Button size="small" onClick={() => onAcknowledge(id, acknowledged === null)}>
          {acknowledged === null ? 'Acknowledge' : 'Show again'}
        </Button>
      )}
    </li>
  );
}

function wordsOf(item: AttentionItemJson): ReactNode {
  switch (item.kind) {
    case 'invalid_keys':
      return (
        <>
          {item.webhook_id === null || item.webhook_name === null ? (
            <>
              <Go to="/postbacks" search={{ code: 'invalid_auth_key' }}>
                {count(item.requests)} {item.requests === 1 ? 'request' : 'requests'}
              </Go>{' '}
              of the last day had no key, or one of no webhook.
            </>
          ) : (
            <>
              {count(item.requests)} {item.requests === 1 ? 'request' : 'requests'} of the last day had an old
              key of{' '}
              <Go to="/postbacks" search={{ webhook_id: item.webhook_id, code: 'invalid_auth_key' }}>
                {item.webhook_name}
              </Go>
              .
            </>
          )}
          <Note>
            They came from {count(item.addresses)} {item.addresses === 1 ? 'address' : 'addresses'}, the last
            one <Time at={item.last.at} isRelative />, and were rejected.{' '}
            {item.webhook_id !== null && 'Give the sender the current URL, or rotate the key for a new one.'}
          </Note>
        </>
      );
    case 'rising_rejections':
      return (
        <>
          <Go to="/postbacks" search={{ webhook_id: item.webhook_id, status: 'rejected' }}>
            {item.webhook_name}
          </Go>{' '}
          rejected {count(item.rejected)} of {count(item.total, item.total_is_more)} postbacks in the last{' '}
          {hours(item.window_hours)}; {item.usual} were usual.
          <Note>
            Most frequent reason: <span title={item.code}>{meaningWithin(item.code)}</span>{' '}
            {adviceOn(item.code).fix}
          </Note>
        </>
      );
    case 'silent_webhook':
      return (
        <>
          <Go to="/postbacks" search={{ webhook_id: item.webhook_id }}>
            {item.webhook_name}
          </Go>{' '}
          has sent nothing for {hours(item.window_hours)}, which it always did at this time.
          <Note>
            The last postback came <Time at={item.last_at} isRelative />. Ask the sender whether its side
            runs.
          </Note>
        </>
      );
    case 'silent_publisher':
    case 'silent_buyer': {
      const partner = item.kind === 'silent_publisher' ? 'publisher' : 'buyer';
      return (
        <>
          No calls of {partner}{' '}
          <Go to="/calls" search={{ [partner]: item.name }}>
            {item.name}
          </Go>{' '}
          for {hours(item.window_hours)}, where there always were some.
          <Note>
            The last one started <Time at={item.last_at} isRelative />.
          </Note>
        </>
      );
    }
    case 'unmatched':
      return (
        <>
          <Go to="/postbacks/inbox" search={{ code: item.code }}>
            {count(item.count, item.is_more)} {item.count === 1 ? 'postback' : 'postbacks'}
          </Go>{' '}
          of the last day found no call: {meaningWithin(item.code)}
          <Note>{adviceOn(item.code).fix} Attach them to their calls in the inbox, or replay them.</Note>
        </>
      );
    case 'outgoing_failing':
      return (
        <>
          The outgoing webhook{' '}
          <Go to="/webhooks/outgoing/$id" params={{ id: item.webhook_id }}>
            {item.webhook_name}
          </Go>{' '}
          {item.paused ? 'is paused' : 'fails'}
          {item.reason === 'gone' ? ': the receiver answered 410 Gone' : ''}.
          <Note>
            Since <Time at={item.since} isRelative />. Its events are stored until it is resumed.
          </Note>
        </>
      );
    case 'waiting_updates':
      return (
        <>
          {count(item.updates)} {item.updates === 1 ? 'update waits' : 'updates wait'} for {count(item.calls)}{' '}
          {item.calls === 1 ? 'call' : 'calls'} live for more than {item.live_for_hours} hours.
          <Note>
            The oldest is{' '}
            <Go to="/calls/$callLogId" params={{ callLogId: item.oldest.call_log_id }}>
              {item.oldest.call_log_id}
            </Go>
            , started <Time at={item.oldest.started_at} isRelative />. Check that your phone system reports
            the end of calls.
          </Note>
        </>
      );
  }
}

function Go({ children, ...target }: LinkProps & { children: ReactNode }) {
  return (
    <Link {...target} className="font-medium text-accent hover:underline">
      <bdi>{children}</bdi>
    </Link>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-muted text-xs">{children}</p>;
}

function count(number: number, isMore = false): string {
  return `${number.toLocaleString('en-US')}${isMore ? '+' : ''}`;
}

function hours(number: number): string {
  return number === 1 ? 'hour' : `${number} hours`;
}
