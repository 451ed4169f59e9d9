import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import {
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Button } from './button.tsx';
import { useHiddenColumns } from './hidden-columns.ts';

export type Column<Row> = {
  /** names the column where its visibility is kept */
  id: string;
  header: ReactNode;
  cell(row: Row): ReactNode;
  isNumber?: boolean;
  /** hidden until it is chosen */
  isHiddenAtFirst?: boolean;
  /** cannot be hidden */
  isFixed?: boolean;
  /** shown where the window is narrow as a phone, too */
  isOnPhone?: boolean;
  /** shown only where the window is wider than 1500 pixels */
  isOnWide?: boolean;
};

export type DataTableProps<Row> = {
  /** what it lists, for readers */
  label: string;
  /** by which a `ColumnChoice` finds it; without it all columns are shown */
  id?: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowId(row: Row): string;
  /** more pages follow */
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onMore?: () => void;
};

const features = tableFeatures({ columnVisibilityFeature });

/** A list with the same looks everywhere. It pages by cursor: "Show more" adds what follows. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, id, rows, columns, rowId, hasMore, isLoadingMore, onMore } = props;
  const { visibility } = useHiddenColumns(id, columns);
  const defined = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map((column) =>
      helper.display({
        id: column.id,
        header: () => column.header,
        cell: ({ row }) => column.cell(row.original),
      }),
    );
  }, [columns]);
  const table = useTable({
    features,
    columns: defined,
    data: rows,
    getRowId: rowId,
    state: { columnVisibility: visibility },
  });
  const byId = new Map(columns.map((column) => [column.id, column]));
  const styleOf = (columnId: string) => {
    const column = byId.get(columnId);
    const narrowest = column?.isOnWide ? 'max-[1500px]:hidden' : column?.isOnPhone ? '' : 'max-md:hidden';
    return `${column?.isNumber ? 'text-right tabular-nums' : 'text-left'} ${narrowest}`;
  };
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
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => (
                  <th
                    key={header.id}
                    scope="col"
                    className={`sticky top-0 z-1 whitespace-nowrap border-line border-b bg-surface px-2 py-1.5 font-medium first:rounded-tl-lg last:rounded-tr-lg text-muted text-xs ${styleOf(header.column.id)}`}
                  >
                    <table.FlexRender header={header} />
                  </th>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr
                key={row.id}
                onClick={followRowLink}
                className="group hover:bg-raised/60 has-[.row-link]:cursor-pointer"
              >
                {row.getVisibleCells().map((cell) => (
                  <td
                    key={cell.id}
                    className={`border-line border-b px-2 py-1.5 align-middle group-last:border-b-0 ${styleOf(cell.column.id)}`}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {hasMore && onMore && (
        <div className="mt-3 flex justify-center">
          <Button onClick={onMore} isBusy={isLoadingMore === true}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

/** A shadow at the edge where there is more to scroll to. */
const edgeShadows =
  '[background:linear-gradient(to_right,var(--color-surface)_1.5rem,transparent)_left/3rem_100%_no-repeat_local,linear-gradient(to_left,var(--color-surface)_1.5rem,transparent)_right/3rem_100%_no-repeat_local,linear-gradient(to_right,var(--color-line-strong),transparent)_left/0.6rem_100%_no-repeat,linear-gradient(to_left,var(--color-line-strong),transparent)_right/0.6rem_100%_no-repeat,var(--color-surface)]';

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
export const rowLinkStyle = 'row-link font-medium text-accent hover:underline';
