import { visibleText } from '../core/values/text/visible-text.ts';

/** Rows as aligned lines below a head, without spaces at their ends. */
export function table(head: string[], rows: string[][]): string[] {
  const all = [head, ...rows].map((row) => row.map(visibleText));
  const widths = head.map((_name, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const [first = [], ...others] = all;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)];
}
