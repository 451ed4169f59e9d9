import { setTimeout as sleep } from 'node:timers/promises';

/** What PostgreSQL understands: end all sessions and write a checkpoint; leave at once; and kill. */
const ESCALATION: { signal: NodeJS.Signals; afterMs: number }[] = [
  { signal: 'SIGINT', afterMs: 0 },
  { signal: 'SIGQUIT', afterMs: 8_000 }, // costs a recovery at the next start; the app has 10 s to end
  { signal: 'SIGKILL', afterMs: 14_000 }, // the server itself kills its children 5 s after SIGQUIT
];
const GIVE_UP_MS = 20_000;
const POLL_MS = 10;

/** Ends a PostgreSQL server with increasingly strong signals. Resolves when `hasEnded` says so. Rejects after 20 s. */
export async function endProcess(pid: number, hasEnded: () => boolean | Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  const steps = [...ESCALATION];
  while (!(await hasEnded())) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > GIVE_UP_MS)
      throw new Error(`PostgreSQL (process ${pid}) does not end, not even when killed`);
    const [next] = steps;
    if (next && waitedMs >= next.afterMs) {
      steps.shift();
      sendSignal(pid, next.signal);
    }
    await sleep(POLL_MS);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const ended = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!ended) throw error;
  }
}
