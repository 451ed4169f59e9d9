/** Prints a title and aligned columns; a column of numbers is aligned at the right. */
export function printTable(title: string, head: string[], rows: string[][]): void {
  const columns = head.map((name, at) => {
    const cells = rows.map((row) => row[at] ?? '');
    const isNumeric = cells.every((cell) => /^[\d.]*$/.test(cell)) && cells.some((cell) => cell !== '');
    return { isNumeric, width: Math.max(name.length, ...cells.map((cell) => cell.length)) };
  });
  const line = (row: string[]) =>
    columns
      .map(({ isNumeric, width }, at) => (isNumeric ? row[at]?.padStart(width) : row[at]?.padEnd(width)))
      .join('  ')
      .trimEnd();
  const rule = columns.map(({ width }) => '-'.repeat(width)).join('  ');
  console.log(['', title, '', line(head), rule, ...rows.map(line)].join('\n'));
}
