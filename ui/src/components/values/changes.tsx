import { ArrowRight } from 'lucide-react';
import { use, useState } from 'react';
import { Button } from '../button.tsx';
import { Time } from '../time.tsx';
import { Duration } from './duration.tsx';
import { FieldLooks, FieldName } from './field-name.tsx';
import { Money } from './money.tsx';

/** Before and after by field; a tag is `tags.KEY`. */
export type Changes = Record<string, { from?: unknown; to?: unknown }>;

/** More than these wait for a click: a call can come with 200 tags. */
const shownMax = 25;

/** What changed, field by field, as it was and as it is. */
export function ChangeList({ label = 'Changes', changes }: { label?: string; changes: Changes }) {
  const [isWhole, setWhole] = useState(false);
  const all = Object.entries(changes);
  const isLong = !isWhole && all.length > shownMax;
  return (
    <>
      <ChangeRows label={label} rows={isLong ? all.slice(0, shownMax) : all} />
      {isLong && (
        <div className="mt-2">
          <Button size="small" onClick={() => setWhole(true)}>
            Show all {all.length} changes
          </Button>
        </div>
      )}
    </>
  );
}

function ChangeRows({ label, rows }: { label: string; rows: [string, Changes[string]][] }) {
  return (
    <ul aria-label={label} className="space-y-1.5 text-sm">
      {rows.map(([field, { from, to }]) => (
        <li key={field} className="grid gap-x-3 sm:grid-cols-[minmax(0,11rem)_minmax(0,1fr)]">
          <FieldName field={field} />
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            <span className="sr-only">from</span>
            <Value field={field} value={from} isGone />
            <ArrowRight aria-hidden className="size-3.5 shrink-0 self-center text-muted" />
            <span className="sr-only">to</span>
            <Value field={field} value={to} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Value({ field, value, isGone = false }: { field: string; value: unknown; isGone?: boolean }) {
  if (value === null || value === undefined) return <span className="text-muted italic">none</span>;
  return (
    <bdi
      className={`min-w-0 whitespace-pre-wrap break-words ${isGone ? 'text-muted line-through' : 'font-medium'}`}
    >
      <ChangedValue field={field} value={value} />
    </bdi>
  );
}

/** A value that there is, as pages write it: an instant in the account's time zone, an amount, a duration. */
export function ChangedValue({ field, value }: { field?: string; value: unknown }) {
  const type = use(FieldLooks).get(field ?? '')?.type;
  if (isInstant(value)) return <Time at={value} />;
  if (type === 'money' && typeof value === 'string') return <Money amount={value} />;
  if (type === 'seconds' && typeof value === 'number') return <Duration seconds={value} />;
  return writeValue(value);
}

/** Instants come as UTC text with milliseconds, and as nothing else. */
function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}

/** Values of fields are texts, numbers and booleans; anything else is shown as JSON. */
export function writeValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === '') return '(empty)';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
