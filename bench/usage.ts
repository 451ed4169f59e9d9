/** CPU time and memory of processes, from /proc; zeros where there is none. */
import { readdirSync, readFileSync } from 'node:fs';

export type Usage = { cpuSeconds: number; memoryBytes: number };

/** The unit of times in /proc on every Linux, whatever the kernel ticks at. */
const ticksPerSecond = 100;

/**
 * Of a process and its descendants, ended ones included. Memory: each one's own peak, pages that it shares counted
 * in full (`peak`), or what it holds now, shared pages counted once over all (`shared`), for PostgreSQL's processes.
 */
export function readUsage(pid: number, memory: 'peak' | 'shared'): Usage {
  const usage = { cpuSeconds: 0, memoryBytes: 0 };
  for (const one of treeOf(pid)) {
    usage.cpuSeconds += one.cpuSeconds;
    usage.memoryBytes += memory === 'peak' ? peakBytes(one.pid) : sharedBytes(one.pid);
  }
  return usage;
}

/** CPU time that all of the machine's processes used, and what a host took away from it. */
export function readMachineCpuSeconds(): number {
  const fields = read('/proc/stat').split('\n', 1)[0]?.split(/ +/).slice(1, 9).map(Number) ?? [];
  // user nice system idle iowait irq softirq steal
  const ticks = fields.reduce((sum, field, at) => (at === 3 || at === 4 ? sum : sum + field), 0);
  return ticks / ticksPerSecond;
}

type Process = { pid: number; parentPid: number; cpuSeconds: number };

function treeOf(rootPid: number): Process[] {
  const all = listProcesses();
  const tree = all.filter(({ pid }) => pid === rootPid);
  for (const { pid } of tree) tree.push(...all.filter(({ parentPid }) => parentPid === pid));
  return tree;
}

function listProcesses(): Process[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : '';
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime, stime, and those of children that were waited for: fields 14 to 17 of proc(5).
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    if (stat === '') return [];
    return [{ pid: Number(name), parentPid: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond }];
  });
}

function peakBytes(pid: number): number {
  return kilobytes(/^VmHWM:\s+(\d+) kB/m, read(`/proc/${pid}/status`));
}

function sharedBytes(pid: number): number {
  return kilobytes(/^Pss:\s+(\d+) kB/m, read(`/proc/${pid}/smaps_rollup`));
}

function kilobytes(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0) * 1024;
}

/** A process may end while it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
