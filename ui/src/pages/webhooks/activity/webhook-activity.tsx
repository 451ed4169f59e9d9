import { use, useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useWebhookActivity } from '../../../api/webhooks/webhooks.ts';
import { Card } from '../../../components/card.tsx';
import { Chart } from '../../../components/charts/chart.tsx';
import { outcomeSeries } from '../../../components/charts/outcome-series.ts';
import { SelectField } from '../../../components/field.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { Skeleton } from '../../../components/states/skeleton.tsx';
import { formatInstant, TimeZone } from '../../../components/time.tsx';
import { WebhookLog } from './webhook-log.tsx';
import { WebhookRejections } from './webhook-rejections.tsx';

const periods = [
  { value: '24', label: 'Last 24 hours' },
  { value: '168', label: 'Last 7 days' },
];

/** What comes in: counts over time, what is rejected and why, and the log as it grows. */
export function WebhookActivity({ webhook }: { webhook: WebhookJson }) {
  const [hours, setHours] = useState('24');
  return (
    <div className="space-y-5">
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card
          title="Postbacks an hour, by answer"
          actions={
            <SelectField label="Period" isLabelHidden value={hours} choices={periods} onChange={setHours} />
          }
        >
          <OutcomeChart webhookId={webhook.id} hours={Number(hours)} />
        </Card>
        <WebhookRejections webhookId={webhook.id} hours={Number(hours)} />
      </div>
      <WebhookLog webhook={webhook} />
    </div>
  );
}

function OutcomeChart({ webhookId, hours }: { webhookId: string; hours: number }) {
  const timeZone = use(TimeZone);
  const { data, error, refetch } = useWebhookActivity(hours, webhookId);
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-58 w-full" />
    ) : (
      <ErrorState error={error} reset={() => void refetch()} />
    );
  }
  const counts = data.items[0]?.counts ?? [];
  const points = data.hours.map((at, index) => ({
    label: formatInstant(at, timeZone).slice(5, 16),
    values: { ...counts[index] },
  }));
  return <Chart title="By answer" points={points} series={outcomeSeries} />;
}
