import { Phone, SearchX } from 'lucide-react';
import { useEffect } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type CallFilters, useCalls } from '../../../api/calls/calls.ts';
import { Button } from '../../../components/button.tsx';
import { DataTable } from '../../../components/lists/data-table.tsx';
import { useUrlSearch } from '../../../components/lists/url-search.ts';
import { EmptyState } from '../../../components/states/empty-state.tsx';
import { ErrorState } from '../../../components/states/error-state.tsx';
import { TableSkeleton } from '../../../components/states/skeleton.tsx';
import { Time } from '../../../components/time.tsx';
import { BulkBar } from '../selection/bulk-bar.tsx';
import { useSelection } from '../selection/use-selection.tsx';
import { useCallColumns } from './call-columns.tsx';
import { isFiltered, noFilters } from './call-search.ts';
import { FirstCall } from './first-call.tsx';

/** Rows that fill a page; pages that the search for them goes through automatically, about 0.3 s each. */
const rowsWanted = 50;
const searchedPagesMax = 10;
const latestFirst = '-started_at';

export function CallsList({ filters }: { filters: CallFilters }) {
  const { search, set } = useUrlSearch();
  const query = useCalls(filters, search['sort']);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } = query;
  const columns = useCallColumns();
  const pages = data?.pages ?? [];
  const rows = onceEach(pages.flatMap((page) => page.items));
  const selection = useSelection(rows, JSON.stringify(filters));
  const searchedBackTo = pages.at(-1)?.searched_back_to;
  const isSearching =
    searchedBackTo !== undefined &&
    rows.length < rowsWanted &&
    pages.length < searchedPagesMax &&
    !isPlaceholderData;
  useEffect(() => {
    if (isSearching && !isFetchingNextPage) void fetchNextPage();
  }, [isSearching, isFetchingNextPage, fetchNextPage]);

  if (data === undefined) {
    return error ? <ErrorState error={error} reset={() => void refetch()} /> : <TableSkeleton />;
  }
  const isEmpty = rows.length === 0 && !hasNextPage;
  if (isEmpty && !isFiltered(search)) return <FirstCall />;
  return (
    <div aria-busy={isPlaceholderData} className={isPlaceholderData ? 'opacity-60' : ''}>
      {error && <StaleNote error={error} reset={() => void refetch()} />}
      {isEmpty && (
        <EmptyState
          icon={SearchX}
          title="No call matches"
          action={<Button onClick={() => set(noFilters)}>Show all calls</Button>}
        >
          Remove a filter. The search finds the beginning of a call id, a whole number, or a part of a name.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label="Calls"
          id="calls"
          rows={rows}
          columns={[selection.column, ...columns]}
          rowId={({ call_log_id }) => call_log_id}
          hasMore={hasNextPage && !isSearching && searchedBackTo === undefined}
          isLoadingMore={isFetchingNextPage}
          onMore={() => void fetchNextPage()}
          sort={search['sort'] ?? latestFirst}
          onSort={(sort) => set({ sort: sort === latestFirst ? undefined : sort })}
        />
      )}
      {!selection.isEmpty && (
        <BulkBar
          filters={filters}
          ids={selection.ids}
          isAll={selection.isAll}
          isWholePage={selection.isWholePage}
          onSelectAll={selection.selectAll}
          onClear={selection.clear}
        />
      )}
      {searchedBackTo !== undefined && (
        <div
          role="status"
          className="mt-4 flex flex-wrap items-center justify-center gap-3 text-muted text-sm"
        >
          <span>
            <Phone aria-hidden className="mr-1.5 inline size-4" />
            Looked through all calls back to <Time at={searchedBackTo} />
          </span>
          <Button size="small" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Look further back
          </Button>
        </div>
      )}
    </div>
  );
}

/** A call whose amount changed between two pages may be on both. */
function onceEach(calls: readonly CallJson[]): CallJson[] {
  return [...new Map(calls.map((call) => [call.call_log_id, call])).values()];
}

/** The list stays while the server is away; it only says so. */
function StaleNote({ error, reset }: { error: Error; reset(): void }) {
  return (
    <div
      role="alert"
      className="mb-3 flex flex-wrap items-center justify-between gap-3 rounded-md bg-danger-soft px-3 py-2 text-danger text-sm"
    >
      <span>These calls may be out of date. {error.message}</span>
      <Button size="small" onClick={reset}>
        Try again
      </Button>
    </div>
  );
}
