import { contestants, goals } from './contestants.ts';
import type { Round } from './measure.ts';

/** Speed, ratios, goals and resources, for each number of connections. */
export function printReport(rounds: Round[]): void {
  for (const [connections, atConnections] of Map.groupBy(rounds, (round) => round.connections)) {
    const groups = contestants
      .map(({ name }) => atConnections.filter(({ contestant }) => contestant === name))
      .filter((group) => group.length > 0);
    console.log(`\n${connections} connections: medians of the rounds, and the slowest and the fastest`);
    printTable(groups.map(speedOf));
    console.log('\nhow many times the postbacks/s of the others: medians of the ratios within a round');
    printTable(groups.map((group) => ({ contestant: nameOf(group), ...ratiosOf(group, groups) })));
    for (const line of goalLines(groups, connections)) console.log(line);
    console.log(
      '\ncores in use; µs of CPU and bytes of write-ahead log for each postback; postbacks in a transaction',
    );
    printTable(groups.map(resourcesOf));
  }
}

function speedOf(group: Round[]): Record<string, string> {
  const perSecond = group.map((round) => round.perSecond);
  const rejected = group.flatMap((round) => Object.entries(round.rejected));
  return {
    contestant: contestants.find(({ name }) => name === nameOf(group))?.title ?? '',
    'postbacks/s': whole(median(perSecond)),
    'min to max': `${whole(Math.min(...perSecond))} to ${whole(Math.max(...perSecond))}`,
    'p50 ms': median(group.map(({ p50Ms }) => p50Ms)).toFixed(1),
    'p99 ms': median(group.map(({ p99Ms }) => p99Ms)).toFixed(1),
    'max ms': whole(Math.max(...group.map(({ maxMs }) => maxMs))),
    'not 2xx': rejected.map(([status, count]) => `${count} with ${status}`).join(', '),
  };
}

function ratiosOf(group: Round[], groups: Round[][]): Record<string, string> {
  return Object.fromEntries(groups.map((other) => [nameOf(other), ratio(group, other).toFixed(2)]));
}

/** Taken round by round, so that both sides had the same neighbours on the machine. */
function ratio(group: Round[], other: Round[]): number {
  return median(group.map((round, at) => round.perSecond / (other[at]?.perSecond ?? Number.NaN)));
}

function goalLines(groups: Round[][], connections: number): string[] {
  const of = (name: string) => groups.find((group) => nameOf(group) === name);
  return goals.flatMap((goal) => {
    const [contestant, other] = [of(goal.contestant), of(goal.against)];
    if (goal.connections !== connections || contestant === undefined || other === undefined) return [];
    const reached = ratio(contestant, other);
    return [
      `goal: ${goal.contestant} ${goal.ratio} × ${goal.against}: ${reached >= goal.ratio ? 'reached' : 'MISSED'} with ${reached.toFixed(2)}`,
    ];
  });
}

function resourcesOf(group: Round[]): Record<string, string> {
  const of = (value: (round: Round) => number) => median(group.map(value));
  return {
    contestant: nameOf(group),
    'server cores': of(({ serverCpu }) => serverCpu).toFixed(2),
    database: of(({ databaseCpu }) => databaseCpu).toFixed(2),
    load: of(({ loadCpu }) => loadCpu).toFixed(2),
    others: of(({ othersCpu }) => othersCpu).toFixed(2),
    'server µs': whole(of((round) => (round.serverCpu / round.perSecond) * 1e6)),
    'database µs': whole(of((round) => (round.databaseCpu / round.perSecond) * 1e6)),
    'WAL bytes': whole(of((round) => round.walBytesPerPostback)),
    'mean batch': of((round) => round.meanBatch ?? 0).toFixed(1),
    'server MB': whole(of((round) => round.serverBytes / 1e6)),
    'database MB': whole(of((round) => round.databaseBytes / 1e6)),
  };
}

function printTable(rows: Record<string, string>[]): void {
  const names = Object.keys(rows[0] ?? {});
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => row[name]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
  console.log(line(names).join('  '));
  for (const row of rows) console.log(line(names.map((name) => row[name] ?? '')).join('  '));
}

function nameOf(group: Round[]): string {
  return group[0]?.contestant ?? '';
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
