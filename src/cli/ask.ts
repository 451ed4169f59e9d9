import { createInterface } from 'node:readline/promises';
import { UsageError } from './send/send-request.ts';

/** Asks the person at the terminal. @throws UsageError where there is none */
export async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('There is no terminal to ask at: add --yes to go ahead.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question).finally(() => terminal.close());
  return /^y(?:es)?$/i.test(answer.trim());
}
