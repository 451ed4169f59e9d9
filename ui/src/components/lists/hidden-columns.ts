import { useSyncExternalStore } from 'react';

type Known = { id: string; isHiddenAtFirst?: boolean };
type Chosen = Readonly<Record<string, boolean>>;

/** Choices by table, read once; the table, its choice of columns and an export of it look at the same. */
const chosenByTable = new Map<string, Chosen>();
const listeners = new Set<() => void>();

/** Which columns of a table are shown, kept in this browser under the table's id. */
export function useHiddenColumns(
  tableId: string | undefined,
  columns: readonly Known[],
): { visibility: Record<string, boolean>; setVisible(columnId: string, isVisible: boolean): void } {
  const chosen = useSyncExternalStore(listen, () => chosenOf(tableId));
  const visibility = Object.fromEntries(
    columns.map(({ id, isHiddenAtFirst }) => [id, chosen[id] ?? isHiddenAtFirst !== true]),
  );
  return {
    visibility,
    setVisible: (columnId, isVisible) => {
      if (tableId !== undefined) choose(tableId, { ...chosen, [columnId]: isVisible });
    },
  };
}

const nothingChosen: Chosen = {};

function chosenOf(tableId: string | undefined): Chosen {
  if (tableId === undefined) return nothingChosen;
  const known = chosenByTable.get(tableId);
  if (known !== undefined) return known;
  const read = readChosen(storageName(tableId));
  chosenByTable.set(tableId, read);
  return read;
}

function choose(tableId: string, chosen: Chosen): void {
  localStorage.setItem(storageName(tableId), JSON.stringify(chosen));
  chosenByTable.set(tableId, chosen);
  for (const tell of listeners) tell();
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

const storageName = (tableId: string) => `ringback.columns.${tableId}`;

/** Nothing for what another version wrote, or what is not of this form. */
function readChosen(name: string): Chosen {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? '{}');
    if (value === null || typeof value !== 'object') return {};
    return Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === 'boolean'));
  } catch {
    return {};
  }
}
