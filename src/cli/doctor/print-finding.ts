import type { Finding } from '../../offline/finding.ts';
import { print } from '../print.ts';

const subjectWidth = 14;

/** A separate line, and a second one with what to do. */
export function printFinding({ level, subject, says, fix }: Finding): void {
  const indent = ' '.repeat(6 + subjectWidth);
  const lines = says.trim().split('\n');
  print(`${level.padEnd(6)}${subject.padEnd(subjectWidth)}${lines.join(`\n${indent}`)}`);
  if (fix !== undefined) print(`${indent}-> ${fix}`);
}
