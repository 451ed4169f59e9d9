import { readFileSync } from 'node:fs';

/** For `--help`: prints the comment that a script begins with, which says how it is called, and ends. */
export function answerHelp(file: string): void {
  if (!process.argv.includes('--help')) return;
  const [, comment = ''] = /^\/\*\*\n(.*?)\n \*\/$/ms.exec(readFileSync(file, 'utf8')) ?? [];
  console.log(comment.replaceAll(/^ \* ?/gm, ''));
  process.exit();
}
