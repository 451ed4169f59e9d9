/** Outcomes of postbacks as series of a chart, the good ones at the bottom. */
export const outcomeSeries = [
  { id: 'created', name: 'Created', color: 'var(--color-accent)' },
  { id: 'applied', name: 'Applied', color: 'var(--color-applied)' },
  { id: 'unchanged', name: 'Unchanged', color: 'var(--color-unchanged)' },
  { id: 'queued', name: 'Queued', color: 'var(--color-queued)' },
  { id: 'waiting', name: 'Waiting', color: 'var(--color-live)' },
  { id: 'kept', name: 'Kept', color: 'var(--color-held)' },
  { id: 'rejected', name: 'Rejected', color: 'var(--color-rejected)' },
] as const;
