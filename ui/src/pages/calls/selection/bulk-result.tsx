import { Link } from '@tanstack/react-router';
import type { CallChangesResult } from '../../../api/calls/call-changes.ts';

/** What a change of many calls did, or would do. */
export function BulkResult({ result: { summary, fault } }: { result: CallChangesResult }) {
  const { applied, queued, unchanged, rejected, rejections, dry_run: isDryRun } = summary;
  const outcomes: [string, number][] = [
    [isDryRun ? 'will change' : 'changed', applied],
    ['live: wait for the end of the call', queued],
    ['have these values already', unchanged],
    ['rejected', rejected],
  ];
  return (
    <div className="text-sm">
      <ul role={isDryRun ? undefined : 'status'} aria-label="Result" className="space-y-1">
        {outcomes
          .filter(([, count]) => count > 0)
          .map(([words, count]) => (
            <li key={words}>
              <strong className="font-semibold tabular-nums">{count.toLocaleString('en-US')}</strong> {words}
            </li>
          ))}
      </ul>
      {summary.calls === 0 && <p>No selected call is left.</p>}
      {rejections.length > 0 && (
        <ul
          aria-label="Rejected calls"
          className="mt-3 max-h-40 space-y-1 overflow-y-auto border-line border-t pt-2"
        >
          {rejections.map(({ call_log_id: id, code, detail }) => (
            <li key={id}>
              <Link to="/calls/$callLogId" params={{ callLogId: id }} className="text-accent hover:underline">
                <bdi>{id}</bdi>
              </Link>{' '}
              <code className="font-mono text-rejected text-xs">{code}</code>{' '}
              <span className="text-muted">{detail}</span>
            </li>
          ))}
        </ul>
      )}
      {fault !== null && (
        <p role="alert" className="mt-3 text-danger">
          {fault}
        </p>
      )}
    </div>
  );
}
