/** How far a file has come: a bar on a terminal, else a line now and then. Written to stderr. */
import cliProgress from 'cli-progress';

const plainPauseMs = 5_000;
/** Of the last seconds, not of all: the rate that the rest will be done at. */
const rateWindowMs = 10_000;

export type Progress = { update(done: number): void; stop(): void };

export function showProgress(total: number): Progress {
  const rate = new Rate();
  return process.stderr.isTTY ? showBar(total, rate) : showLines(total, rate);
}

function showBar(total: number, rate: Rate): Progress {
  const options = {
    format: '{bar} {percentage}%  {done} of {all} rows  {rate} rows/s  {left} left',
    stream: process.stderr,
    barsize: 24,
  };
  const bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
  const payload = (done: number) => ({ all: count(total), ...describe(done, total, rate) });
  bar.start(total, 0, payload(0));
  return {
    update: (done) => {
      rate.note(done);
      bar.update(done, payload(done));
    },
    stop: () => bar.stop(),
  };
}

function showLines(total: number, rate: Rate): Progress {
  let lastAt = performance.now();
  return {
    update: (done) => {
      rate.note(done);
      const now = performance.now();
      if (now - lastAt < plainPauseMs) return;
      lastAt = now;
      const { rate: speed, left } = describe(done, total, rate);
      process.stderr.write(`${count(done)} of ${count(total)} rows, ${speed} rows/s, ${left} left\n`);
    },
    stop: () => {},
  };
}

function describe(done: number, total: number, rate: Rate) {
  const perSecond = rate.perSecond();
  const left = perSecond > 0 ? duration((total - done) / perSecond) : '?';
  return { done: count(done), rate: count(Math.round(perSecond)), left };
}

class Rate {
  #notes: { at: number; done: number }[] = [{ at: performance.now(), done: 0 }];

  note(done: number): void {
    const at = performance.now();
    const last = this.#notes.at(-1);
    if (last !== undefined && at - last.at < 100) return;
    this.#notes.push({ at, done });
    while (this.#notes.length > 2 && at - (this.#notes[0]?.at ?? at) > rateWindowMs) this.#notes.shift();
  }

  perSecond(): number {
    const [first, last] = [this.#notes[0], this.#notes.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return ((last.done - first.done) / (last.at - first.at)) * 1_000;
  }
}

/** `12,345` */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 h 2 min`, `2 min 5 s`, `5 s` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
