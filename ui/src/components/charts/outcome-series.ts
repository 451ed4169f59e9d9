/** What postbacks were answered as series of a chart, the good ones at the bottom; the first one is shown where there is none. */
export const outcomeSeries = [
  { id: 'applied', name: 'Applied', color: 'var(--color-applied)' },
  { id: 'created', name: 'Created', color: 'var(--color-accent)' },
  { id: 'unchanged', name: 'Unchanged', color: 'var(--color-unchanged)' },
  { id: 'queued', name: 'Queued', color: 'var(--color-queued)' },
  { id: 'waiting', name: 'Waiting', color: 'var(--color-live)' },
  { id: 'kept', name: 'Kept', color: 'var(--color-held)' },
  { id: 'rejected', name: 'Rejected', color: 'var(--color-rejected)' },
] as const;
