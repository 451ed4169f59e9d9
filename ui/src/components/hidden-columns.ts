import { useState } from 'react';

type Known = { id: string; isHiddenAtFirst?: boolean };

/** Which columns of a table are shown, remembered by this browser under the table's id. */
export function useHiddenColumns(
  tableId: string | undefined,
  columns: readonly Known[],
): { visibility: Record<string, boolean>; setVisible(columnId: string, isVisible: boolean): void } {
  const storageName = `ringback.columns.${tableId}`;
  const [chosen, setChosen] = useState(() => (tableId === undefined ? {} : readChosen(storageName)));
  const visibility = Object.fromEntries(
    columns.map(({ id, isHiddenAtFirst }) => [id, chosen[id] ?? isHiddenAtFirst !== true]),
  );
  return {
    visibility,
    setVisible: (columnId, isVisible) => {
      const next = { ...chosen, [columnId]: isVisible };
      localStorage.setItem(storageName, JSON.stringify(next));
      setChosen(next);
    },
  };
}

/** Nothing for what another version, or somebody's hand, left behind. */
function readChosen(storageName: string): Record<string, boolean> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageName) ?? '{}');
    if (value === null || typeof value !== 'object') return {};
    return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'boolean'));
  } catch {
    return {};
  }
}
