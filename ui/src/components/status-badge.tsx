/** What has a separate colour: outcomes of postbacks, states of calls and payouts. */
const styles = {
  created: 'bg-applied-soft text-applied',
  applied: 'bg-applied-soft text-applied',
  unchanged: 'bg-unchanged-soft text-unchanged',
  queued: 'bg-queued-soft text-queued',
  waiting: 'bg-queued-soft text-queued',
  kept: 'bg-held-soft text-held',
  rejected: 'bg-rejected-soft text-rejected',
  expired: 'bg-rejected-soft text-rejected',
  live: 'bg-live-soft text-live',
  completed: 'bg-unchanged-soft text-unchanged',
  held: 'bg-held-soft text-held',
  owed: 'bg-applied-soft text-applied',
  pending: 'bg-live-soft text-live',
  active: 'bg-applied-soft text-applied',
  paused: 'bg-held-soft text-held',
  failing: 'bg-rejected-soft text-rejected',
  delivered: 'bg-applied-soft text-applied',
  failed: 'bg-rejected-soft text-rejected',
  skipped: 'bg-unchanged-soft text-unchanged',
  superseded: 'bg-unchanged-soft text-unchanged',
  discarded: 'bg-unchanged-soft text-unchanged',
};

export type Status = keyof typeof styles;

/** Colour is never alone: the word is beside the dot. */
export function StatusBadge({ status, children }: { status: Status; children?: string }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2 py-0.5 align-middle font-medium text-xs leading-4 ${styles[status]}`}
    >
      <span aria-hidden className="size-1.5 rounded-full bg-current" />
      {children ?? status}
    </span>
  );
}
