import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { type InboxFilters, inboxFilterNames, useOpenPostbacks } from '../../api/postbacks/inbox.ts';
import { useMay } from '../../api/session.ts';
import { useWebhooks } from '../../api/webhooks/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { ShowMore } from '../../components/lists/data-table.tsx';
import { FilterBar, isFiltered, useFilters } from '../../components/lists/filter-bar.tsx';
import { choiceFilter } from '../../components/lists/filter-chips.tsx';
import { ListPending } from '../../components/lists/list-pending.tsx';
import { useUrlSearch } from '../../components/lists/url-search.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';
import { LookOnly } from '../access/look-only.tsx';
import { ManyPostbacksDialog } from '../postbacks/list/many-postbacks-dialog.tsx';
import { InboxItem } from './inbox-item.tsx';
import { onlyCandidate } from './near-words.ts';

const statuses = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'expired', label: 'Expired' },
  { value: 'rejected', label: 'Rejected' },
];
const codes = [
  { value: 'call_not_found', label: 'No call has its id' },
  { value: 'no_call_in_window', label: 'No call of its number in time' },
  { value: 'ambiguous_call', label: 'Several calls match' },
];

/** What waits for a call or found none, until it is attached or dismissed. */
export function InboxPage() {
  return (
    <>
      <PageHeader
        title="Inbox"
        description="Postbacks without a call: some wait for it, others were rejected. Attach each to its call, or dismiss it."
      />
      <InboxFilterBar />
      <OpenPostbacks />
    </>
  );
}

function InboxFilterBar() {
  const { rows: webhooks = [] } = useWebhooks();
  return (
    <FilterBar
      hasPeriod
      filters={[
        choiceFilter('status', 'State', statuses),
        choiceFilter('code', 'Why', codes),
        choiceFilter(
          'webhook_id',
          'Webhook',
          webhooks.map(({ id, name }) => ({ value: id, label: name })),
        ),
      ]}
    />
  );
}

function OpenPostbacks() {
  const filters = useFilters(inboxFilterNames);
  const { search } = useUrlSearch();
  const mayAttach = useMay('send_postbacks');
  const { rows: postbacks, error, reset, more } = useOpenPostbacks(filters);
  if (postbacks === undefined) return <ListPending error={error} reset={reset} />;
  return (
    <>
      {!mayAttach && postbacks.length > 0 && (
        <div className="mb-3">
          <LookOnly act="attach or dismiss postbacks" />
        </div>
      )}
      <BulkBar
        filters={filters}
        isUseful={postbacks.filter(({ nearest }) => onlyCandidate(nearest) !== null).length > 1}
      />
      {postbacks.length === 0 ? (
        <EmptyState icon={Inbox} title="Nothing to attach">
          {isFiltered(search, inboxFilterNames)
            ? 'No open postback matches. Clear the filters to see all of them.'
            : 'No postback waits for a call, and none without a call is left to decide on.'}
        </EmptyState>
      ) : (
        <ul aria-label="Postbacks without a call" className="space-y-3">
          {postbacks.map((postback) => (
            <InboxItem key={postback.id} postback={postback} />
          ))}
        </ul>
      )}
      <ShowMore {...more} />
    </>
  );
}

/** Offers to attach at once what one rule decides. */
function BulkBar({ filters, isUseful }: { filters: InboxFilters; isUseful: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const mayAttach = useMay('send_postbacks');
  if (!mayAttach || (!isUseful && !isOpen)) return null;
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-2 rounded-lg border border-line bg-accent-soft px-4 py-2.5 text-sm">
      <span>Some of these have a number that exactly one call has.</span>
      <Button size="small" look="primary" onClick={() => setOpen(true)}>
        Attach by number
      </Button>
      {isOpen && (
        <ManyPostbacksDialog action="attach-matching" filters={filters} onClose={() => setOpen(false)} />
      )}
    </div>
  );
}
