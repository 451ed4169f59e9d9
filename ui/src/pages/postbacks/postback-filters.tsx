import { postbackFilterNames } from '../../api/postbacks.ts';
import { useWebhooks } from '../../api/webhooks.ts';
import { Filters, SelectFilter, TextFilter } from '../../components/filters.tsx';
import { outcomeSeries } from '../../components/outcome-series.ts';
import { rejectionCodes } from '../webhooks/rejection-advice.ts';

const statuses = [
  ...outcomeSeries.map(({ id, name }) => ({ value: id, label: name })),
  { value: 'expired', label: 'Expired' },
];
const codes = rejectionCodes.map((code) => ({ value: code, label: code }));

export function PostbackFilters() {
  const { data } = useWebhooks();
  const webhooks = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Filters
      names={postbackFilterNames}
      first={{
        name: 'status',
        filter: <SelectFilter name="status" label="Outcome" choices={statuses} />,
      }}
    >
      <SelectFilter
        name="webhook_id"
        label="Webhook"
        choices={webhooks.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <SelectFilter name="code" label="Rejected for" choices={codes} />
      <TextFilter name="call_log_id" label="Call id" />
      <TextFilter name="transaction_id" label="Transaction id" />
      <TextFilter name="batch_id" label="Batch id" />
      <TextFilter name="from" label="From" type="date" />
      <TextFilter name="to" label="To" type="date" />
    </Filters>
  );
}
