/** The place of something that is on its way. */
export function Skeleton({ className = 'h-4 w-full' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-md bg-raised ${className}`} />;
}

/** As many rows as a window shows, each as high as a row of a table: what comes does not move the page. */
const rows = [...'abcdefghijklmno'];

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
    <div
      role="status"
      aria-label="Loading"
      className="max-h-[70dvh] overflow-hidden rounded-lg border border-line bg-surface"
    >
      {rows.map((row) => (
        <div key={row} className="flex h-8 items-center border-line border-b px-2 last:border-b-0">
          <Skeleton className="h-3.5" />
        </div>
      ))}
    </div>
  );
}
