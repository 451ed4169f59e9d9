/** `ringback undo`: shows what an undo would do, asks, and does it. */

import {
  type Connection,
  type ConnectionOptions,
  describeProblem,
  findServer,
  type Json,
  postJson,
} from '../api-client.ts';
import { ask } from '../ask.ts';
import { print, printError } from '../print.ts';
import { UsageError } from '../send/send-request.ts';
import { describeOne, describeSummary } from './describe-undo.ts';

export type UndoOptions = ConnectionOptions & {
  webhook?: string;
  from?: string;
  to?: string;
  batch?: string;
  import?: string;
  dryRun?: boolean;
  /** without a question */
  yes?: boolean;
};

type Request = { path: string; body: Json; describe(answer: Json): string[] };

const failedExitCode = 1;
const usageExitCode = 2;

/** @returns the exit code */
export async function undo(postbackId: string | undefined, options: UndoOptions): Promise<number> {
  try {
    const request = requestOf(postbackId, options);
    const server = await findServer(options);
    if (options.dryRun === true || options.yes !== true) {
      const isPossible = await send(server, request, true);
      if (!isPossible || options.dryRun === true) return isPossible ? 0 : failedExitCode;
      if (!(await ask('Do it? [y/N] '))) {
        print('Nothing was changed.');
        return failedExitCode;
      }
    }
    return (await send(server, request, false)) ? 0 : failedExitCode;
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`${error.message}\nRun "ringback undo --help" for examples.`);
      return usageExitCode;
    }
    printError(
      `No response: ${error instanceof Error ? error.message : String(error)}. Is the server running?`,
    );
    return failedExitCode;
  }
}

function requestOf(postbackId: string | undefined, options: UndoOptions): Request {
  const { webhook, from, to, batch, import: importId } = options;
  const ofMany = [webhook, from, to, batch, importId].some((value) => value !== undefined);
  if (postbackId !== undefined) {
    if (ofMany) throw new UsageError('Name one postback, or a webhook with its options; not both.');
    return { path: `/postbacks/${encodeURIComponent(postbackId)}/undo`, body: {}, describe: describeOne };
  }
  if (webhook === undefined)
    throw new UsageError(
      'Name a postback by its id, or a webhook with --webhook and --from and --to, --batch or --import.',
    );
  const body = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(batch !== undefined && { batch_id: batch }),
    ...(importId !== undefined && { import_id: importId }),
  };
  return { path: `/webhooks/incoming/${encodeURIComponent(webhook)}/undo`, body, describe: describeSummary };
}

/** @returns false where it was rejected */
async function send(
  server: Connection,
  { path, body, describe }: Request,
  isDryRun: boolean,
): Promise<boolean> {
  const answer = await postJson(server, path, { ...body, dry_run: isDryRun });
  if (answer.status === 200) {
    print(describe(answer.body).join('\n'));
    return true;
  }
  printError(describeProblem({ ...answer.body, status: answer.status }));
  return false;
}
