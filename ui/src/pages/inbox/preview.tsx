import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AttachAnswer } from '../../api/postbacks/inbox.ts';
import { FailureNote } from '../../components/states/error-state.tsx';
import { Skeleton } from '../../components/states/skeleton.tsx';
import { Time } from '../../components/time.tsx';
import { ChangeList } from '../../components/values/changes.tsx';
import { FieldName } from '../../components/values/field-name.tsx';

export type PreviewProps = {
  answer: AttachAnswer | undefined;
  error: Error | null;
  /** what it would do, in a sentence */
  sentenceOf(answer: AttachAnswer): ReactNode;
};

/** What a dry run tells: the changes, what keeps its value, and what was changed since. */
export function Preview({ answer, error, sentenceOf }: PreviewProps) {
  if (error !== null) return <FailureNote error={error} />;
  if (answer === undefined) return <Skeleton className="h-20 w-full" />;
  const { changes, kept = [], changed_since: since = [] } = answer;
  return (
    <div role="status" className="space-y-3 rounded-md bg-raised p-3 text-sm">
      <p>{sentenceOf(answer)}</p>
      {Object.keys(changes).length > 0 && <ChangeList changes={changes} />}
      {kept.length > 0 && (
        <p className="text-muted">
          Kept as they are:{' '}
          {kept.map((field, at) => (
            <span key={field}>
              {at > 0 && ', '}
              <FieldName field={field} />
            </span>
          ))}
        </p>
      )}
      {since.length > 0 && <ChangedSince fields={since} />}
    </div>
  );
}

/** Fields that an undo leaves unchanged, with who changed them since. */
function ChangedSince({ fields }: { fields: NonNullable<AttachAnswer['changed_since']> }) {
  return (
    <div>
      <p className="mb-1 font-medium">Left unchanged, because it was changed since:</p>
      <ul aria-label="Changed since" className="space-y-1">
        {fields.map(({ field, by, at, postback_id: id }) => (
          <li key={field} className="flex flex-wrap gap-x-2">
            <FieldName field={field} />
            <span>
              by <bdi className="font-medium">{by}</bdi>,{' '}
              {id === undefined ? (
                <Time at={at} />
              ) : (
                <Link to="/postbacks/$id" params={{ id }} className="text-accent hover:underline">
                  <Time at={at} />
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
