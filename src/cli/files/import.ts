/** `ringback import FILE`: a billing team's file into the records, row by row, with what came of each. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { anyColumns } from '../../core/files/columns.ts';
import { importColumns, importRowsMax } from '../../core/files/import-columns.ts';
import { type WebhookType, webhookTypeNames, webhookTypes } from '../../core/updates/fields/webhook-type.ts';
import {
  type Connection,
  type ConnectionOptions,
  describeProblem,
  findServer,
  getJson,
  unanswered,
} from '../api-client.ts';
import { print, printError } from '../print.ts';
import { UsageError } from '../send/send-request.ts';
import { type CheckedFile, checkFile, type FileOptions, fileQuery, openUpload } from './file-check.ts';
import { brokenExitCode, runImport } from './import-run.ts';
import { count } from './progress.ts';

export type ImportOptions = ConnectionOptions &
  FileOptions & {
    type?: WebhookType;
    webhook?: string;
    dryRun?: boolean;
    empty?: 'absent' | 'null';
    importKey?: string;
    results?: string;
  };

/** @returns the exit code: 1 where rows were rejected, 2 where nothing or not all was done */
export async function importFile(path: string, options: ImportOptions): Promise<number> {
  try {
    const server = await findServer(options);
    const webhook = await findSettings(server, options.webhook);
    const type = options.type ?? webhook.type;
    const rules = webhook.isMapped ? anyColumns : importColumns(webhookTypes[type]);
    const file = await checkFile(path, options, rules, importRowsMax);
    print(`${basename(path)}: ${count(file.rows)} rows${options.dryRun ? ', dry run' : ''}`);
    return await runImport(server, {
      query: queryOf(file, type, options),
      upload: await openUpload(file),
      rows: file.rows,
      delimiter: file.delimiter,
      results: options.results ?? `${path}.results.csv`,
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`${error.message}\nNothing was done. Run "ringback import --help" for all options.`);
    return brokenExitCode;
  }
}

/** @returns `isMapped`: the webhook reads columns by its own mapping */
async function findSettings(
  server: Connection,
  webhookId: string | undefined,
): Promise<{ type: WebhookType; isMapped: boolean }> {
  if (webhookId === undefined) return { type: 'update_fields', isMapped: false };
  const { status, body } = await getJson(server, `/webhooks/incoming/${encodeURIComponent(webhookId)}`).catch(
    unanswered(server),
  );
  const type = webhookTypeNames.find((name) => name === body['type']);
  const isMapped = body['mapping'] !== null || body['preset'] !== null;
  if (status === 200 && type !== undefined) return { type, isMapped };
  throw new UsageError(describeProblem({ ...body, status }));
}

function queryOf(file: CheckedFile, type: WebhookType, options: ImportOptions): URLSearchParams {
  const { webhook, dryRun = false, empty = 'absent', importKey } = options;
  const query = fileQuery(options);
  query.set('type', type);
  query.set('empty', empty);
  query.set('import_key', importKey ?? makeImportKey(file, String(query)));
  if (webhook !== undefined) query.set('webhook_id', webhook);
  if (dryRun) query.set('dry_run', 'true');
  return query;
}

/** The same for the same bytes read in the same way: sent again, each row is known by it. */
function makeImportKey({ sha256, format }: CheckedFile, reading: string): string {
  const hash = createHash('sha256').update(`${sha256} ${format} ${reading}`);
  return hash.digest('hex').slice(0, 32);
}
