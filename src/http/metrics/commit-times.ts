const keptMs = 5 * 60_000;
/** Of a busy process some seconds' worth, which say as much. */
const keptMax = 4_096;

type Commit = { at: number; ms: number };

/** How long the transactions of this process took lately. */
export class CommitTimes {
  readonly #commits: Commit[] = [];
  #next = 0;

  /** @param at epoch milliseconds */
  add(ms: number, at: number): void {
    this.#commits[this.#next] = { at, ms };
    this.#next = (this.#next + 1) % keptMax;
  }

  /** Of the last five minutes; null where there were none. */
  read(now: number): { p50: number; p99: number; commits: number } | null {
    const times = this.#commits
      .filter(({ at }) => at > now - keptMs)
      .map(({ ms }) => ms)
      .sort((one, other) => one - other);
    if (times.length === 0) return null;
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), commits: times.length };
  }
}

/** @param sorted in rising order, at least one */
function quantile(sorted: number[], share: number): number {
  const value = sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
  return Math.round(value * 100) / 100;
}
