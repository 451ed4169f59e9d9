import { CircleCheck } from 'lucide-react';
import { useWebhookActivity, useWebhookRejections } from '../../../api/webhooks/webhooks.ts';
import { Card } from '../../../components/card.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { Skeleton } from '../../../components/states/skeleton.tsx';
import { Time } from '../../../components/time.tsx';
import { adviceOn } from './rejection-advice.ts';

const shownMax = 6;

/** Why postbacks were rejected, most frequent first, and what to do about it. */
export function WebhookRejections({ webhookId, hours }: { webhookId: string; hours: number }) {
  const { data, error, refetch } = useWebhookRejections(webhookId, hours);
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-58 w-full" />
    ) : (
      <ErrorState error={error} reset={() => void refetch()} />
    );
  }
  return (
    <Card title="Top error codes">
      {data.items.length === 0 ? (
        <NothingRejected webhookId={webhookId} hours={hours} />
      ) : (
        <ul className="divide-y divide-line">
          {data.items.slice(0, shownMax).map(({ code, count, last }) => {
            const { meaning, fix } = adviceOn(code);
            return (
              <li key={code} className="py-2.5 first:pt-0 last:pb-0">
                <div className="flex items-baseline justify-between gap-3">
                  <code className="font-medium font-mono text-rejected text-xs">{code}</code>
                  <data value={String(count)} className="font-semibold text-sm">
                    {count.toLocaleString('en-US')}
                  </data>
                </div>
                <p className="mt-0.5 text-sm">
                  {meaning} {fix}
                </p>
                <p className="mt-0.5 break-words text-muted text-xs">
                  Last <Time at={last.at} isRelative />: <bdi>{last.detail}</bdi>
                </p>
              </li>
            );
          })}
        </ul>
      )}
      {data.is_more && <p className="mt-2 text-muted text-xs">There were more before these.</p>}
    </Card>
  );
}

/** Good news only where something came in. */
function NothingRejected({ webhookId, hours }: { webhookId: string; hours: number }) {
  const { data } = useWebhookActivity(hours, webhookId);
  const counts = data?.items[0]?.counts ?? [];
  const hasTraffic = counts.some((hour) => hour !== null && Object.values(hour).some((count) => count > 0));
  if (!hasTraffic) return <p className="text-muted text-sm">No postback was received in this period.</p>;
  return (
    <p className="flex items-center gap-2 text-muted text-sm">
      <CircleCheck aria-hidden className="size-4 text-applied" />
      Nothing was rejected.
    </p>
  );
}
