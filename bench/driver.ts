/** What a process that makes load and the process that asks for it say to each other. */

export type HttpTarget = {
  url: string;
  authKey: string;
  /** for postbacks of several accounts, which connections take in turn */
  authKeys?: string[];
  path: string;
  /** more than 1: a request is a JSON array of so many postbacks */
  itemsPerRequest: number;
  /** how many calls the data has */
  calls: number;
  connections: number;
  /** requests a second over all connections; left out: as many as are answered */
  rate?: number | undefined;
  seconds: number;
  /** begins every transaction id of the run */
  runId: string;
};

/** `authKey`, not ids: what a script needs of the webhook it finds itself. */
export type ScriptTarget = Pick<HttpTarget, 'authKey' | 'calls' | 'seconds' | 'runId'>;

export type RunResult = {
  /** postbacks answered 2xx within the time, and how long that was */
  answered: number;
  seconds: number;
  /** 2xx in all, with those that were under way when the time was over */
  accepted: number;
  /** other answers by status */
  rejected: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** of the process that made the load, during the time */
  cpuSeconds: number;
};

/** Counts answers and their latencies for a given time, which begins when this is made. */
export class Tally {
  readonly #startMs = performance.now();
  readonly #startCpu = process.cpuUsage();
  readonly #endMs: number;
  readonly #rejected: Record<string, number> = {};
  #latenciesMs = new Float64Array(1 << 16);
  #answered = 0;
  #accepted = 0;
  #cpuSeconds: number | undefined;

  constructor(seconds: number) {
    this.#endMs = this.#startMs + seconds * 1_000;
  }

  isOver(): boolean {
    return performance.now() >= this.#endMs;
  }

  /** @param startMs when the request was sent  @param count postbacks that were answered together */
  add(status: number, startMs: number, count = 1): void {
    const nowMs = performance.now();
    if (status >= 300) {
      this.#rejected[status] = (this.#rejected[status] ?? 0) + count;
      return;
    }
    this.#accepted += count;
    if (nowMs > this.#endMs) {
      this.#cpuSeconds ??= this.#cpuSecondsUsed();
      return;
    }
    for (let each = 0; each < count; each += 1) this.#keep(nowMs - startMs);
  }

  result(): RunResult {
    const latencies = this.#latenciesMs.subarray(0, this.#answered).sort();
    const at = (share: number) =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    return {
      answered: this.#answered,
      seconds: (this.#endMs - this.#startMs) / 1_000,
      accepted: this.#accepted,
      rejected: this.#rejected,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      cpuSeconds: this.#cpuSeconds ?? this.#cpuSecondsUsed(),
    };
  }

  #keep(latencyMs: number): void {
    if (this.#answered === this.#latenciesMs.length) {
      const larger = new Float64Array(this.#answered * 2);
      larger.set(this.#latenciesMs);
      this.#latenciesMs = larger;
    }
    this.#latenciesMs[this.#answered] = latencyMs;
    this.#answered += 1;
  }

  #cpuSecondsUsed(): number {
    const { user, system } = process.cpuUsage(this.#startCpu);
    return (user + system) / 1e6;
  }
}

/** In the process that makes load: answers each target that the parent sends with the result of a run. */
export function answerRuns<Target>(run: (target: Target) => Promise<RunResult>): void {
  process.on('message', (target: Target) => {
    run(target).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
