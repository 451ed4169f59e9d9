import { reasonOf } from '../../core/values/text/reason.ts';
import { print, printError } from '../print.ts';
import { describeAnswer, type SentAnswer } from './send-answer.ts';
import { makeRequest, type SendOptions, UsageError } from './send-request.ts';

const timeoutMs = 30_000;

/** Sends one postback and prints its result, never its key. @returns the exit code */
export async function send(url: string, parameters: string[], options: SendOptions): Promise<number> {
  try {
    const { request, body, mask } = makeRequest(url, parameters, options);
    print(mask(`${request.method} ${request.url}${body === '' ? '' : `\n${body}`}\n`));
    const answer = await exchange(request);
    const { lines, isTaken } = describeAnswer(answer);
    print(mask(lines.join('\n')));
    return isTaken ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`${error.message}\nRun "ringback send --help" for examples.`);
      return 2;
    }
    printError(
      `No answer: ${whyUnanswered(error)}.\nIs the host of the URL right, and is the server running?`,
    );
    return 1;
  }
}

async function exchange(request: Request): Promise<SentAnswer> {
  // A sender's system may not follow redirects, so neither does a test of its URL.
  const response = await fetch(request, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function whyUnanswered(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing came within ${timeoutMs / 1_000} s`;
  return reasonOf(error.cause ?? error);
}
