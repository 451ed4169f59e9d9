import { useWebhooks } from '../../../api/webhooks/webhooks.ts';
import { outcomeSeries } from '../../../components/charts/outcome-series.ts';
import { FilterBar } from '../../../components/lists/filter-bar.tsx';
import { choiceFilter, textFilter } from '../../../components/lists/filter-chips.tsx';
import { rejectionCodes } from '../../webhooks/activity/rejection-advice.ts';

const statuses = [
  ...outcomeSeries.map(({ id, name }) => ({ value: id, label: name })),
  { value: 'expired', label: 'Expired' },
];
const codes = rejectionCodes.map((code) => ({ value: code, label: code }));

export function PostbackFilters() {
  const { rows: webhooks = [] } = useWebhooks();
  const webhookChoices = webhooks.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FilterBar
      hasPeriod
      filters={[
        choiceFilter('status', 'Outcome', statuses),
        choiceFilter('webhook_id', 'Webhook', webhookChoices),
        choiceFilter('code', 'Rejected for', codes),
        textFilter('call_log_id', 'Call id'),
        textFilter('transaction_id', 'Transaction id'),
        textFilter('batch_id', 'Batch id'),
      ]}
    />
  );
}
