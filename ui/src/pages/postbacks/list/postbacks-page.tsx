import { Link } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import { postbackFilterNames, usePostbacks } from '../../../api/postbacks/postbacks.ts';
import { buttonStyle } from '../../../components/button.tsx';
import { ColumnChoice } from '../../../components/lists/column-choice.tsx';
import { DataTable } from '../../../components/lists/data-table.tsx';
import { isFiltered, useFilters } from '../../../components/lists/filter-bar.tsx';
import { ListPending } from '../../../components/lists/list-pending.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { UndoBatch } from '../../undo/undo-batch.tsx';
import { postbackColumns } from './postback-columns.tsx';
import { PostbackFilters } from './postback-filters.tsx';
import { ReplayAll } from './replay-all.tsx';

export function PostbacksPage() {
  return (
    <>
      <PageHeader
        title="Postbacks"
        description="Every request, newest first, with its content and its result."
        actions={<ColumnChoice tableId="postbacks" columns={postbackColumns} />}
      />
      <PostbackFilters />
      <PostbackList />
    </>
  );
}

function PostbackList() {
  const filters = useFilters(postbackFilterNames);
  const { search } = useUrlSearch();
  const { rows, error, reset, more } = usePostbacks(filters);
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) return <NoPostbacks isNarrowed={isFiltered(search, postbackFilterNames)} />;
  return (
    <>
      <ReplayAll filters={filters} />
      {filters.batch_id !== undefined && <UndoBatch batchId={filters.batch_id} postbacks={rows} />}
      <DataTable
        label="Postbacks"
        id="postbacks"
        rows={rows}
        columns={postbackColumns}
        rowId={({ id }) => id}
        {...more}
      />
    </>
  );
}

function NoPostbacks({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed) {
    return (
      <EmptyState icon={ScrollText} title="No postback matches">
        Remove a filter, or choose another period.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={ScrollText}
      title="No postbacks yet"
      action={
        <Link to="/webhooks/incoming" className={buttonStyle('primary')}>
          Go to the webhooks
        </Link>
      }
    >
      Create an incoming webhook and give its URL to a sender. What it sends appears here automatically.
    </EmptyState>
  );
}
