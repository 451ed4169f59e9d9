import {
  columnVisibilityFeature,
  createColumnHelper,
  type RowData,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import { Button } from './button.tsx';
import { useHiddenColumns } from './hidden-columns.ts';

export type Column<Row> = {
  /** names the column where its visibility is kept */
  id: string;
  header: string;
  cell(row: Row): ReactNode;
  isNumber?: boolean;
  /** hidden until somebody chooses it */
  isHiddenAtFirst?: boolean;
  /** cannot be hidden */
  isFixed?: boolean;
  /** shown where the window is narrow as a phone, too */
  isOnPhone?: boolean;
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
      helper.display({ id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) }),
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
    return `${column?.isNumber ? 'text-right' : 'text-left'} ${column?.isOnPhone ? '' : 'max-md:hidden'}`;
  };
  return (
    <div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto rounded-lg border border-line bg-surface"
      >
        <table className="w-full border-collapse text-sm">
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} className="border-line border-b">
                {group.headers.map((header) => (
                  <th
                    key={header.id}
                    scope="col"
                    className={`whitespace-nowrap px-2.5 py-2 font-medium text-muted text-xs ${styleOf(header.column.id)}`}
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
                className="group relative border-line border-b last:border-0 hover:bg-raised/60"
              >
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className={`px-2.5 py-2 align-middle ${styleOf(cell.column.id)}`}>
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

/** For the link of a row: the whole row can be clicked. */
export const rowLinkStyle =
  'font-medium text-accent after:absolute after:inset-0 after:content-[""] hover:underline';
