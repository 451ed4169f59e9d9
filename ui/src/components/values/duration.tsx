import { useSyncExternalStore } from 'react';

/** Seconds as a clock shows them: `0:09`, `3:04`, `1:02:03`. */
export function Duration({ seconds }: { seconds: number | null }) {
  if (seconds === null) return <span className="text-muted">–</span>;
  return <time dateTime={`PT${seconds}S`}>{formatSeconds(seconds)}</time>;
}

/** How long something has been going on, second by second. @param since an instant */
export function RunningClock({ since, label }: { since: string; label: string }) {
  const now = useSyncExternalStore(listen, () => nowMs);
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1_000)); // clocks of two machines differ
  return (
    <span role="timer" aria-label={label} className="font-medium text-live tabular-nums">
      {formatSeconds(seconds)}
    </span>
  );
}

function formatSeconds(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: number | undefined;

/** One clock for the whole page, which stops while the page is not visible. */
function listen(tell: () => void): () => void {
  if (listeners.size === 0) {
    nowMs = Date.now();
    timer = window.setInterval(tick, 1_000);
  }
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0) window.clearInterval(timer);
  };
}

function tick(): void {
  nowMs = Date.now();
  for (const tell of listeners) tell();
}
