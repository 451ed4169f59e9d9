/** The place of something that is on its way. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-raised ${className}`} />;
}

const rows = ['a', 'b', 'c', 'd', 'e', 'f'];

export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="space-y-4">
      <Skeleton className="h-8 w-48" />
      <TableSkeleton />
    </div>
  );
}

export function TableSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="rounded-lg border border-line bg-surface p-4">
      {rows.map((row) => (
        <Skeleton key={row} className="my-2.5 h-5" />
      ))}
    </div>
  );
}
