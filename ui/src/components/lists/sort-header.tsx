import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';

type Sortable = { sort?: string; isNumber?: boolean };
type SortHeaderProps = {
  column: Sortable | undefined;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
  children: ReactNode;
};

/** The header of a column; of one that the list can be sorted by, a button: the greatest first, then the smallest. */
export function SortHeader({ column, sort, onSort, children }: SortHeaderProps) {
  if (column?.sort === undefined || onSort === undefined) return children;
  const direction = directionOf(column, sort);
  const name = column.sort;
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <button
      type="button"
      className={`group/sort -mx-1 inline-flex items-center gap-0.5 rounded-sm px-1 hover:text-ink ${column.isNumber ? 'flex-row-reverse' : ''} ${direction ? 'text-ink' : ''}`}
      onClick={() => onSort(direction === 'descending' ? name : `-${name}`)}
    >
      {children}
      <Icon
        aria-hidden
        className={`size-3 ${direction ? '' : 'opacity-0 group-hover/sort:opacity-60 group-focus-visible/sort:opacity-60'}`}
      />
    </button>
  );
}

/** Which way a list is sorted by a column; undefined: not by this one. */
export function directionOf(
  column: Sortable | undefined,
  sort: string | undefined,
): 'ascending' | 'descending' | undefined {
  if (column?.sort === undefined || sort === undefined) return undefined;
  if (sort === column.sort) return 'ascending';
  return sort === `-${column.sort}` ? 'descending' : undefined;
}
