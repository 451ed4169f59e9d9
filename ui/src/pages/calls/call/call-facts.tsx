import type { ReactNode } from 'react';
import type { CallJson } from '../../../../../src/http/operator/calls/call-schemas.ts';
import { type FieldJson, useFields } from '../../../api/fields.ts';
import { CopyButton } from '../../../components/copy.tsx';
import { Time } from '../../../components/time.tsx';
import { writeValue } from '../../../components/values/changes.tsx';
import { Duration } from '../../../components/values/duration.tsx';
import { readFieldValue } from '../field-value.ts';

/** Shown above, as figures. */
const shownAbove: readonly string[] = [
  'converted',
  'revenue_paid_out',
  'publisher_paid_out',
  'duration_seconds',
  'caller_withheld',
];

/** Every field of a call that is not shown above. */
export function CallFacts({ call }: { call: CallJson }) {
  const fields = useFields();
  const ofCall = fields.filter(({ name }) => !shownAbove.includes(name));
  const inOrder = [
    ...ofCall.filter((field) => !field.is_update),
    ...ofCall.filter((field) => field.is_update),
  ];
  const facts: [string, ReactNode][] = [
    ['Call id', <Id key="id" text={call.call_log_id} />],
    ...inOrder.map((field): [string, ReactNode] => [field.label, factOf(field, call)]),
    ['First seen', <Time key="created" at={call.created_at} />],
    ['Last changed', <Time key="updated" at={call.updated_at} />],
  ];
  return (
    <section aria-labelledby="fields-heading" className="rounded-lg border border-line bg-surface p-4">
      <h2 id="fields-heading" className="mb-3 font-semibold">
        Fields
      </h2>
      <dl className="space-y-2 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="grid grid-cols-[8rem_minmax(0,1fr)] gap-3">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A field's value, shown by its type. */
function factOf({ name, type }: FieldJson, call: CallJson): ReactNode {
  const value = readFieldValue(call, name);
  if (type === 'phone' && call.caller_withheld) return 'Withheld';
  if (type === 'time') return <Time at={value === null ? null : String(value)} />;
  if (type === 'seconds') return <Duration seconds={value === null ? null : Number(value)} />;
  if (type === 'address') return <Recording url={value === null ? null : String(value)} />;
  if (Array.isArray(value)) return textOf(value.join('\n') || null);
  return textOf(value === null ? null : writeValue(value));
}

/** Opens at the phone system, which learns nothing of the page that it was opened from. */
function Recording({ url }: { url: string | null }): ReactNode {
  if (url === null) return textOf(null);
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="break-all underline">
      {url}
    </a>
  );
}

function textOf(text: string | null): ReactNode {
  return text === null ? (
    <span className="text-muted">–</span>
  ) : (
    <bdi className="whitespace-pre-wrap">{text}</bdi>
  );
}

function Id({ text }: { text: string }) {
  return (
    <span className="flex items-start justify-between gap-2">
      <bdi className="min-w-0 break-all font-mono text-xs leading-5">{text}</bdi>
      <CopyButton text={text} what="call id" />
    </span>
  );
}
