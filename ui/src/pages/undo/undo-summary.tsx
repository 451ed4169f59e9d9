import { Link } from '@tanstack/react-router';
import type { UndoResult, UndoSummaryJson } from '../../api/postbacks/undo-many.ts';
import { FailureNote } from '../../components/states/error-state.tsx';
import { Time } from '../../components/time.tsx';
import { countOf } from '../../components/values/count-of.ts';
import { FieldName } from '../../components/values/field-name.tsx';
import { Money } from '../../components/values/money.tsx';

const listedMax = 50;

/** What an undo of many postbacks did or would do, and what it leaves unchanged. */
export function UndoSummary({ result: { summary, fault } }: { result: UndoResult }) {
  const { dry_run: isDryRun, postbacks, calls, applied, unchanged, canceled, rejected, sums } = summary;
  const counts: [number, string][] = [
    [applied, isDryRun ? 'will change a call' : 'changed a call'],
    [canceled, isDryRun ? 'have not been applied yet, and will be canceled' : 'are canceled'],
    [unchanged, isDryRun ? 'have nothing to change' : 'had nothing to change'],
    [rejected, isDryRun ? 'will be rejected' : 'were rejected'],
  ];
  if (postbacks === 0 && fault === null)
    return (
      <p role="status" className="text-sm">
        {isDryRun ? 'There is nothing to undo, or all of it was undone before.' : 'Nothing was left to undo.'}
      </p>
    );
  return (
    <div role="status" className="space-y-3 text-sm">
      <p>
        {isDryRun ? 'This undoes ' : 'Undone: '}
        <strong>{countOf(postbacks, 'postback')}</strong> of {countOf(calls, 'call')}.
      </p>
      <ul aria-label="Counts" className="space-y-1">
        {counts
          .filter(([count]) => count > 0)
          .map(([count, words]) => (
            <li key={words}>
              <strong className="tabular-nums">{write(count)}</strong> {words}
            </li>
          ))}
      </ul>
      {Object.keys(sums).length > 0 && (
        <ul aria-label="Sums" className="space-y-1">
          {Object.entries(sums).map(([field, sum]) => (
            <li key={field} className="flex gap-2">
              <FieldName field={field} />
              <strong>
                <Money amount={sum} />
              </strong>
            </li>
          ))}
        </ul>
      )}
      <ChangedSince summary={summary} />
      {fault !== null && <FailureNote error={new Error(fault)} />}
    </div>
  );
}

/** Fields that keep their value, with who changed them. */
function ChangedSince({ summary }: { summary: UndoSummaryJson }) {
  const { dry_run: isDryRun, changed_since: fields, changed_since_count: count } = summary;
  if (count === 0) return null;
  const more = count - Math.min(fields.length, listedMax);
  return (
    <div>
      <p className="mb-1 font-medium">
        {write(count)} {count === 1 ? 'value' : 'values'} {isDryRun ? 'will be' : 'were'} left unchanged,
        because {count === 1 ? 'it was' : 'they were'} changed since:
      </p>
      <ul
        aria-label="Left unchanged"
        className="max-h-48 space-y-1 overflow-y-auto border-line border-t pt-2"
      >
        {fields.slice(0, listedMax).map(({ field, call_log_id: call, undo_of: undoOf, by, at }) => (
          <li key={`${undoOf} ${field}`} className="flex flex-wrap gap-x-2">
            <FieldName field={field} />
            {call !== null && (
              <span>
                of{' '}
                <Link
                  to="/calls/$callLogId"
                  params={{ callLogId: call }}
                  className="text-accent hover:underline"
                >
                  <bdi>{call}</bdi>
                </Link>
              </span>
            )}
            <span>
              by <bdi className="font-medium">{by}</bdi>, <Time at={at} />
            </span>
          </li>
        ))}
        {more > 0 && <li className="text-muted">and {write(more)} more</li>}
      </ul>
    </div>
  );
}

function write(count: number): string {
  return count.toLocaleString('en-US');
}
