import type { Explained } from '../../../api/webhooks/mapping.ts';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { MappingField } from '../mapping-fields.ts';

const words = {
  read: { status: 'applied', badge: 'readable', text: 'Every value of this request can be read.' },
  ignored: {
    status: 'unchanged',
    badge: 'ignored',
    text: 'The conditions of the mapping are not met: this request is ignored.',
  },
  unreadable: { status: 'rejected', badge: 'not readable', text: 'This request cannot be read yet.' },
} as const;

/** Whether the request can be read as a whole, and the errors that belong to none of the fields below. */
export function ReadResult({
  explained,
  fields,
}: {
  explained: Explained | undefined;
  fields: readonly MappingField[];
}) {
  if (explained === undefined) return null;
  const { status, badge, text } = words[explained.status];
  const shown = new Set(fields.map(({ name }) => name));
  const others = explained.errors.filter(
    ({ field }) => field === null || !(shown.has(field) || field.startsWith('add.')),
  );
  const count = explained.records?.length ?? 1;
  return (
    <div role="status" className="rounded-md bg-raised px-3 py-2 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <StatusBadge status={status}>{badge}</StatusBadge>
        {text}
        {count > 1 && <span className="text-muted">{count} records; the first one is shown.</span>}
      </p>
      {others.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-danger">
          {others.map(({ field, detail }) => (
            <li key={`${field} ${detail}`}>{detail}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
