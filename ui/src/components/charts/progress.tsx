/** How far a job is. @param total null: not known */
export function Progress({ label, done, total }: { label: string; done: number; total: number | null }) {
  return (
    <div className="space-y-1.5 text-sm">
      <p role="status">
        {label}: {done.toLocaleString('en-US')}
        {total !== null && ` of ${total.toLocaleString('en-US')}`}
      </p>
      <progress
        aria-label={label}
        className="h-2 w-full accent-accent"
        {...(total !== null && { max: Math.max(total, 1), value: done })}
      />
    </div>
  );
}
