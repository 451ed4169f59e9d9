import { visibleLines } from '../core/values/text/visible-text.ts';

/** Writes to standard output. What others have sent may be in it, so nothing is left that a terminal obeys. */
export function print(text: string): void {
  process.stdout.write(`${visibleLines(text)}\n`);
}

/** The same on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`);
}
