import { useState } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import type { Column } from '../../../components/lists/data-table.tsx';

/** Rows that are selected, or all calls that match. Other filters begin without a selection. */
export function useSelection(rows: readonly CallJson[], filtersKey: string) {
  const [state, setState] = useState({ key: filtersKey, ids: new Set<string>(), isAll: false });
  const { ids, isAll } = state.key === filtersKey ? state : { ids: new Set<string>(), isAll: false };
  const set = (next: ReadonlySet<string>, all = false) =>
    setState({ key: filtersKey, ids: new Set(next), isAll: all });
  const isWholePage = rows.length > 0 && rows.every(({ call_log_id: id }) => ids.has(id));
  const pageIds = rows.map(({ call_log_id: id }) => id);
  const toggle = (id: string) => {
    const next = new Set(isAll ? pageIds : ids);
    if (!next.delete(id)) next.add(id);
    set(next);
  };
  const column: Column<CallJson> = {
    id: 'select',
    isFixed: true,
    header: (
      <input
        type="checkbox"
        className="block"
        aria-label="Select all calls of the page"
        checked={isAll || isWholePage}
        onChange={() => set(new Set(isAll || isWholePage ? [] : pageIds))}
      />
    ),
    cell: ({ call_log_id: id }) => (
      <input
        type="checkbox"
        className="block"
        aria-label={`Select the call ${id}`}
        checked={isAll || ids.has(id)}
        onChange={() => toggle(id)}
      />
    ),
  };
  return {
    column,
    ids: [...ids],
    isAll,
    isWholePage,
    isEmpty: !isAll && ids.size === 0,
    selectAll: () => set(ids, true),
    clear: () => set(new Set()),
  };
}
