import type { ReactNode } from 'react';
import { ChangedValue } from '../../../components/values/changes.tsx';
import { FieldName } from '../../../components/values/field-name.tsx';

/** What an update says: fields that it sets or clears, tags that it adds or removes. */
export function UpdateList({ update }: { update: Record<string, unknown> }) {
  const { add, remove, ...fields } = update;
  const rows: [string, ReactNode][] = [
    ...Object.entries(fields).map(([field, value]): [string, ReactNode] => [
      field,
      value === null ? 'none' : <ChangedValue key={field} field={field} value={value} />,
    ]),
    ...Object.entries((add ?? {}) as Record<string, string>).map(([key, value]): [string, ReactNode] => [
      `tags.${key}`,
      value,
    ]),
    ...((remove ?? []) as string[]).map((key): [string, ReactNode] => [`tags.${key}`, 'removed']),
  ];
  return (
    <ul className="space-y-1.5 text-sm">
      {rows.map(([field, value]) => (
        <li key={field} className="grid gap-x-3 sm:grid-cols-[minmax(0,11rem)_minmax(0,1fr)]">
          <FieldName field={field} />
          <bdi className="min-w-0 break-words font-medium">{value}</bdi>
        </li>
      ))}
    </ul>
  );
}
