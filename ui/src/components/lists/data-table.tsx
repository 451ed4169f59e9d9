import { type MouseEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../button.tsx';
import { useHiddenColumns } from './hidden-columns.ts';
import { directionOf, SortHeader } from './sort-header.tsx';

export type Column<Row> = {
  /** names the column where its visibility is kept */
  id: string;
  header: ReactNode;
  cell(row: Row): ReactNode;
  isNumber?: boolean;
  /** what the list is sorted by where its header is pressed */
  sort?: string;
  /** hidden until it is chosen */
  isHiddenAtFirst?: boolean;
  /** cannot be hidden */
  isFixed?: boolean;
  /** shown where the window is narrow as a phone, too */
  isOnPhone?: boolean;
  /** shown only where the window is wider than 1500 pixels */
  isOnWide?: boolean;
  /** takes a share of the room that is left, and cuts off what is longer: give the whole text as a title */
  room?: 'name' | 'sentence';
};

type MoreProps = {
  /** more pages follow */
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore(): void;
};

export type DataTableProps<Row> = Partial<MoreProps> & {
  /** what it lists, for readers */
  label: string;
  /** by which a `ColumnChoice` finds it; without it all columns are shown */
  id?: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowId(row: Row): string;
  /** the `sort` of the column that it is sorted by, with `-` in front: the greatest first */
  sort?: string;
  onSort?: (sort: string) => void;
  /** the last line of the table, such as sums: by the id of a column */
  footer?: Readonly<Record<string, ReactNode>>;
};

/** A list with the same looks everywhere. It pages by cursor: "Show more" adds what follows. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    label,
    id,
    rows,
    columns,
    rowId,
    hasMore = false,
    isLoadingMore = false,
    onMore,
    sort,
    onSort,
    footer,
  } = props;
  const { visibility } = useHiddenColumns(id, columns);
  const shown = columns.filter((column) => visibility[column.id]);
  const section = useRef<HTMLElement>(null);
  const isTooWide = useIsTooWide(section);
  return (
    <div>
      <section
        ref={section}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className={`rounded-lg border border-line bg-surface ${isTooWide ? `max-h-[85dvh] overflow-auto ${edgeShadows}` : ''}`}
      >
        <table className="w-full border-separate border-spacing-0 text-sm">
          <thead>
            <tr>
              {shown.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={directionOf(column, sort)}
                  className={`sticky top-0 z-1 whitespace-nowrap border-line border-b bg-surface px-2 py-1.5 font-medium first:rounded-tl-lg last:rounded-tr-lg text-muted text-xs ${styleOf(column)}`}
                >
                  <SortHeader column={column} sort={sort} onSort={onSort}>
                    {column.header}
                  </SortHeader>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={rowId(row)}
                onClick={followRowLink}
                className="group hover:bg-raised/60 has-[input[type=checkbox]:checked]:bg-accent-soft/50 has-[.row-link]:cursor-pointer has-[.row-link:focus-visible]:bg-accent-soft/60"
              >
                {shown.map((column) => (
                  <td
                    key={column.id}
                    className={`border-line border-b px-2 py-1.5 align-middle group-last:border-b-0 ${styleOf(column)}`}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          {footer !== undefined && (
            <tfoot>
              <tr>
                {shown.map((column) => (
                  <td
                    key={column.id}
                    className={`border-line border-t bg-raised/50 px-2 py-1.5 font-semibold first:rounded-bl-lg last:rounded-br-lg ${styleOf(column)}`}
                  >
                    {footer[column.id]}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </section>
      {onMore && <ShowMore hasMore={hasMore} isLoadingMore={isLoadingMore} onMore={onMore} />}
    </div>
  );
}

/** Below a list: loads its next page. */
export function ShowMore(props: MoreProps & { children?: string }) {
  const { hasMore, isLoadingMore, onMore, children = 'Show more' } = props;
  if (!hasMore) return null;
  return (
    <div className="mt-3 flex justify-center">
      <Button onClick={onMore} isBusy={isLoadingMore}>
        {children}
      </Button>
    </div>
  );
}

type Styled = Pick<Column<never>, 'isOnWide' | 'isOnPhone' | 'isNumber' | 'room'>;

function styleOf({ isOnWide, isOnPhone, isNumber, room }: Styled) {
  const narrowest = isOnWide ? 'only-on-wide max-[1500px]:hidden' : isOnPhone ? '' : 'max-md:hidden';
  const width = room === undefined ? '' : roomStyle[room];
  return `${isNumber ? 'text-right tabular-nums' : 'text-left'} ${narrowest} ${width}`;
}

/** A greatest width of nothing lets a column be narrower than its text; the least one counts before it. */
const roomStyle = {
  name: 'min-w-22 max-w-0 md:w-[15%]',
  sentence: 'w-[60%] max-w-0 md:w-[30%] md:min-w-56',
};

/** A shadow at the edge where there is more to scroll to. */
const edgeShadows =
  '[background:linear-gradient(to_right,var(--color-surface)_1.5rem,transparent)_left/3rem_100%_no-repeat_local,linear-gradient(to_left,var(--color-surface)_1.5rem,transparent)_right/3rem_100%_no-repeat_local,linear-gradient(to_right,var(--color-line),transparent)_left/0.6rem_100%_no-repeat,linear-gradient(to_left,var(--color-line),transparent)_right/0.6rem_100%_no-repeat,var(--color-surface)]';

/** Whether the table is wider than its place: then it scrolls there. Otherwise its header stays at the top of the window. */
function useIsTooWide(section: RefObject<HTMLElement | null>): boolean {
  const [isTooWide, setTooWide] = useState(false);
  useLayoutEffect(() => {
    const place = section.current;
    const table = place?.firstElementChild;
    if (place == null || table == null) return;
    const observer = new ResizeObserver(() => setTooWide(table.scrollWidth > place.offsetWidth));
    observer.observe(place);
    observer.observe(table);
    return () => observer.disconnect();
  }, [section]);
  return isTooWide;
}

/** A second click within this time selects a word. */
const doubleClickMs = 220;
let following: number | undefined;

/** Follows the row's link, unless the click was for something within the row or selects text. */
function followRowLink(event: MouseEvent<HTMLTableRowElement>): void {
  const { target, currentTarget, ctrlKey, metaKey, shiftKey, detail } = event;
  window.clearTimeout(following);
  if (!(target instanceof Element) || target.closest('a, button, input, label, select') !== null) return;
  if (!currentTarget.contains(target)) return; // a click in a popover of the row
  if (detail > 1 || window.getSelection()?.isCollapsed === false) return;
  const link = currentTarget.querySelector('.row-link');
  const click = { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey };
  following = window.setTimeout(
    () => link?.dispatchEvent(new window.MouseEvent('click', click)),
    doubleClickMs,
  );
}

/** For the link of a row: a click elsewhere in the row follows it, too. */
export const rowLinkStyle = 'row-link scroll-my-16 font-medium text-accent hover:underline';
