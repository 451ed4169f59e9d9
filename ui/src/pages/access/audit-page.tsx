import { ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AuditEventJson } from '../../../../src/http/operator/access/audit-schemas.ts';
import { auditFilterNames, useAuditEvents } from '../../api/access/audit.ts';
import { usePeople } from '../../api/access/people.ts';
import type { AttentionItemJson } from '../../api/overview.ts';
import { type Column, DataTable } from '../../components/lists/data-table.tsx';
import { FilterBar, isFiltered, useFilters } from '../../components/lists/filter-bar.tsx';
import { choiceFilter } from '../../components/lists/filter-chips.tsx';
import { ListPending } from '../../components/lists/list-pending.tsx';
import { useUrlSearch } from '../../components/lists/url-search.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { ChangedValue } from '../../components/values/changes.tsx';
import { OnlyFor } from './only-for.tsx';

type Action = AuditEventJson['action'];

/** `…` is the name of what it was done to. */
const actionWords: Record<Action, string> = {
  'account.created': 'created the account …',
  'account.changed': 'changed the account …',
  'token.created': 'created the token …',
  'token.revoked': 'revoked the token …',
  'person.invited': 'invited …',
  'person.password_set': 'set a new password',
  'person.password_reset_requested': 'asked for a new password',
  'person.changed': 'changed the person …',
  'person.removed': 'removed the person …',
  'session.created': 'signed in',
  'session.ended': 'signed out …',
  'webhook.created': 'created the webhook …',
  'webhook.changed': 'changed the webhook …',
  'webhook.key_rotated': 'created a new key for …',
  'webhook.signing_secret_rotated': 'created a new signing secret for …',
  'webhook.deleted': 'deleted the webhook …',
  'webhook.postbacks_undone': 'undid postbacks of …',
  'outgoing_webhook.created': 'created the outgoing webhook …',
  'outgoing_webhook.changed': 'changed the outgoing webhook …',
  'outgoing_webhook.secret_rotated': 'created a new secret for …',
  'outgoing_webhook.replayed': 'replayed deliveries of …',
  'outgoing_webhook.disabled': 'disabled the outgoing webhook …',
  'outgoing_webhook.deleted': 'deleted the outgoing webhook …',
  'postback.attached': 'attached a postback to the call …',
  'postback.dismissed': 'dismissed a postback: …',
  'attention.acknowledged': 'acknowledged what needs attention: …',
  'attention.reopened': 'showed again what needs attention: …',
  'view.created': 'saved the view …',
  'view.changed': 'changed the view …',
  'view.deleted': 'deleted the view …',
  'sample_data.loaded': 'loaded sample data: …',
  'sample_data.removed': 'removed the sample data: …',
};
const choices = Object.entries(actionWords).map(([value, words]) => ({
  value,
  label: words.charAt(0).toUpperCase() + words.slice(1).replace(/: …$/, ''),
}));

/** What needs attention is named by its kind and what it is about: a webhook's id, a partner's name or a code. */
const faultWords: Record<AttentionItemJson['kind'], string> = {
  invalid_keys: 'requests with an invalid key',
  rising_rejections: 'rejections that rise',
  silent_webhook: 'a webhook that is silent',
  silent_publisher: 'the silent publisher …',
  silent_buyer: 'the silent buyer …',
  unmatched: 'postbacks that found no call',
  waiting_updates: 'updates that wait',
  outgoing_failing: 'an outgoing webhook that fails',
};

const columns: Column<AuditEventJson>[] = [
  { id: 'at', header: 'When', isOnPhone: true, cell: ({ at }) => <Time at={at} /> },
  {
    id: 'what',
    header: 'What',
    isOnPhone: true,
    cell: (event) => (
      <>
        <bdi className="font-medium">{event.actor}</bdi> <Act event={event} />
      </>
    ),
  },
  {
    id: 'changes',
    header: 'Before and after',
    cell: ({ action, changes }) => <ChangeList changes={changes} isNew={!action.endsWith('changed')} />,
  },
  {
    id: 'source',
    header: 'From',
    cell: ({ source_ip: address }) => (
      <span className="font-mono text-xs">{address ?? 'the server itself'}</span>
    ),
  },
];

function Act({ event }: { event: AuditEventJson }) {
  const { action, target_id: id, target_name: target } = event;
  const words = actionWords[action];
  const isOwn = id !== null && (id === event.actor_token_id || id === event.actor_person_id);
  if (action === 'session.ended' && isOwn) return words.replace(' …', '');
  return action.startsWith('attention.') ? (
    <Named words={words} name={<Fault id={target ?? ''} />} />
  ) : (
    <Named words={words} name={<bdi className="font-medium">{target}</bdi>} />
  );
}

function Fault({ id }: { id: string }) {
  const [kind = '', ...rest] = id.split(':');
  const words = new Map(Object.entries(faultWords)).get(kind) ?? id;
  return (
    <span title={id}>
      <Named words={words} name={<bdi className="font-medium">{rest.join(':')}</bdi>} />
    </span>
  );
}

/** The words with the name in the place of `…`, where they have one. */
function Named({ words, name }: { words: string; name: ReactNode }) {
  const [before, after] = words.split('…');
  return (
    <>
      {before}
      {after !== undefined && name}
    </>
  );
}

export function AuditPage() {
  return (
    <OnlyFor permission="read_audit_log" title="Audit log">
      <PageHeader
        title="Audit log"
        description="Every administrative act: who did it, from where, and the values before and after."
      />
      <AuditFilterBar />
      <EventList />
    </OnlyFor>
  );
}

function AuditFilterBar() {
  const { rows: people = [] } = usePeople();
  const personChoices = people.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <FilterBar
      hasPeriod
      filters={[
        choiceFilter('action', 'Act', choices),
        ...(people.length === 0 ? [] : [choiceFilter('actor_person_id', 'Person', personChoices)]),
      ]}
    />
  );
}

function EventList() {
  const { search } = useUrlSearch();
  const filters = useFilters(auditFilterNames);
  const { rows, error, reset, more } = useAuditEvents(filters);
  if (rows === undefined) return <ListPending error={error} reset={reset} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={ScrollText} title="Nothing here">
        {isFiltered(search, auditFilterNames)
          ? 'No entry matches: clear the filters to see the rest.'
          : 'Nothing was administered yet.'}
      </EmptyState>
    );
  }
  return <DataTable label="Audit log" rows={rows} columns={columns} rowId={({ id }) => id} {...more} />;
}

type ChangeListProps = { changes: AuditEventJson['changes']; isNew: boolean };

/** Of what is new, the values alone: there were none before. */
function ChangeList({ changes, isNew }: ChangeListProps) {
  const changed = Object.entries(changes).filter(([, { from, to }]) => (from ?? null) !== (to ?? null));
  if (changed.length === 0) return <span className="text-muted">–</span>;
  const rest = changed.slice(changesShown);
  return (
    <>
      <ChangeRows changed={changed.slice(0, changesShown)} isNew={isNew} />
      {rest.length > 0 && (
        <details className="mt-0.5 text-xs">
          <summary className="text-muted">{rest.length} more</summary>
          <ChangeRows changed={rest} isNew={isNew} />
        </details>
      )}
    </>
  );
}

/** A new webhook has a dozen settings. */
const changesShown = 4;

type ChangeRowsProps = { changed: [string, AuditEventJson['changes'][string]][]; isNew: boolean };

function ChangeRows({ changed, isNew }: ChangeRowsProps) {
  return (
    <ul className="space-y-0.5 text-xs">
      {changed.map(([field, { from, to }]) => (
        <li key={field}>
          <code className="font-mono">{field}</code>:{' '}
          {(!isNew || (from !== null && from !== undefined)) && (
            <>
              <bdi className="text-muted">{word(from)}</bdi> →{' '}
            </>
          )}
          <bdi>{word(to)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function word(value: unknown): ReactNode {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return <ChangedValue value={value} />;
}
