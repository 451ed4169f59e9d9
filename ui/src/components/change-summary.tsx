import { ChangedValue } from './changes.tsx';

export type ChangeSummaryProps = { changes: Record<string, { from?: unknown; to?: unknown }> };

/** Before and after, field by field, in the little room of a row. */
export function ChangeSummary({ changes }: ChangeSummaryProps) {
  const fields = Object.entries(changes);
  if (fields.length === 0) return <span className="text-muted">–</span>;
  return (
    <ul className="space-y-0.5">
      {fields.map(([field, { from, to }]) => (
        <li key={field} className="break-words text-sm">
          <bdi className="font-mono text-muted text-xs">{field}</bdi> <Value value={from} isOld />{' '}
          <span aria-hidden>→</span>
          <span className="sr-only">to</span> <Value value={to} />
        </li>
      ))}
    </ul>
  );
}

function Value({ value, isOld = false }: { value: unknown; isOld?: boolean }) {
  const isNone = value === null || value === undefined;
  return (
    <bdi
      className={`break-words tabular-nums ${isOld || isNone ? 'text-muted' : 'font-medium'} ${isOld && !isNone ? 'line-through' : ''}`}
    >
      {isNone ? 'none' : <ChangedValue value={value} />}
    </bdi>
  );
}
