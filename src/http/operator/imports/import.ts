/** A file on its way through the writer: each row is a separate postback, answered by one line, in order. */

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { importRowsMax } from '../../../core/files/import-columns.ts';
import type { WebhookType } from '../../../core/updates/fields/webhook-type.ts';
import { type Outcome, type Postback, rejectedOutcome, type Stale } from '../../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../../core/updates/rejection.ts';
import type { FileFault } from '../../../files/file-fault.ts';
import type { FileRow, RowsFile } from '../../../files/rows-file.ts';
import { makeOrderedId } from '../../../ordered-id.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import { itemToJson, itemToPostback } from '../../postbacks/bulk.ts';
import { CallNames } from '../../postbacks/call-names.ts';
import { rejectWebhook } from '../../postbacks/rejections/early-rejection.ts';
import type { Content } from '../../postbacks/request/read-content.ts';
import { recordText } from '../../postbacks/request/recorded-request.ts';
import { submitPostback, type WebhookSource } from '../../postbacks/submit.ts';
import type { Api } from '../route.ts';
import { SummaryCounter } from './import-summary.ts';
import { RowSequencer, type RowSubmission } from './row-sequencer.ts';

export type ImportOptions = {
  /** as it was when the import began */
  webhook: KeyedWebhook;
  /** how rows are read, in place of the webhook's own mapping */
  mapping?: KeyedWebhook['mapping'];
  /** names the rows that have no transaction_id: the same key and row are done once. Null: repeats are not recognized */
  importKey: string | null;
  isDryRun: boolean;
  part: FilePart;
};

/** Where the file is a part of a longer one: what it continues. */
export type FilePart = {
  /** of the first part; null for a separate file */
  importId: string | null;
  rowsBefore: number;
  linesBefore: number;
};

/** Rows that are under way, or wait for the client to take their answers. */
const rowsUnderWayMax = 600;
/** With the writer's own tries about 15 s: a database that restarts is often back by then. */
const triesMax = 5;
const retryPauseMs = 1_000;

type NumberedRow = { row: number; read: FileRow };
type RowResult = { row: number; line: number; outcome: Outcome; isDryRun: boolean };

export class Import {
  readonly #api: Api;
  readonly #request: FastifyRequest;
  readonly #file: RowsFile;
  readonly #options: ImportOptions;
  readonly #type: WebhookType;
  readonly #summary: SummaryCounter;
  readonly #importId: string;
  readonly #turns: RowSequencer;
  readonly #names: CallNames;
  #webhook: Promise<KeyedWebhook | null>;
  /** why no more rows are read */
  #end: FileFault | null = null;
  /** a rejection that is not the row's fault: what comes behind it would only fare the same */
  #breakdown: Rejection | null = null;

  constructor(api: Api, request: FastifyRequest, file: RowsFile, options: ImportOptions) {
    this.#api = api;
    this.#request = request;
    this.#file = file;
    this.#options = options;
    this.#type = options.webhook.type;
    this.#webhook = Promise.resolve(options.webhook);
    this.#summary = new SummaryCounter(file.ignoredColumns);
    this.#importId = options.part.importId ?? makeOrderedId();
    this.#turns = new RowSequencer(this.#importId);
    this.#names = new CallNames(api.store, options.webhook.accountId);
  }

  /** One line of JSON for each row, then one with the summary, and where it broke off, with why. */
  async *answer(): AsyncGenerator<string> {
    try {
      const rows = Readable.from(this.#takeRows(), { highWaterMark: 1 });
      const limits = { concurrency: rowsUnderWayMax, highWaterMark: rowsUnderWayMax };
      for await (const result of rows.map((row: NumberedRow) => this.#doRow(row), limits)) {
        yield this.#resultLine(result);
      }
    } catch (error) {
      this.#breakdown ??= this.#api.rejectionOf(error, this.#request.log);
    }
    const { webhook, isDryRun } = this.#options;
    const counted = this.#summary.toJson(isDryRun, webhook.webhookId);
    const summary = { ...counted, import_id: this.#importId };
    const error = this.#errorJson();
    yield `${JSON.stringify(error === null ? { summary } : { error, summary })}\n`;
  }

  async *#takeRows(): AsyncGenerator<NumberedRow> {
    const { rowsBefore, linesBefore } = this.#options.part;
    let row = rowsBefore;
    for await (const found of this.#file.rows) {
      const read = 'fault' in found ? found : { ...found, line: found.line + linesBefore };
      if ('fault' in read) this.#end = { ...read.fault, line: read.fault.line + linesBefore };
      else if (row === importRowsMax) this.#end = tooManyRows(read.line);
      if ('fault' in read || this.#end !== null || this.#breakdown !== null) return;
      row += 1;
      yield { row, read };
    }
  }

  async #doRow({ row, read }: NumberedRow): Promise<RowResult> {
    const first = this.#toPostback(row, read, this.#options.webhook);
    const name = await this.#names.nameOf(first.target);
    const outcome = await this.#turns.take(first.target, name, (turn) =>
      this.#api.bulkLimit(() => this.#submit(row, read, first, turn)),
    );
    return { row, line: read.line, outcome, isDryRun: first.isDryRun };
  }

  async #submit(
    row: number,
    read: FileRow,
    first: Postback,
    { orderingKey, isAlone }: RowSubmission,
  ): Promise<Outcome> {
    const { metrics, lines } = this.#api;
    const writer = { submit: (postback: Postback) => this.#submitPatiently(postback, orderingKey, isAlone) };
    const metadata = { method: 'POST', bytes: null, importKey: this.#options.importKey };
    const outcome = await submitPostback({ writer, metrics, lines }, metadata, this.#source(), (webhook) =>
      webhook === this.#options.webhook ? first : this.#toPostback(row, read, webhook),
    );
    return outcome ?? rejectedOutcome(first, webhookGone());
  }

  /** Tries again while the database is away. */
  async #submitPatiently(
    postback: Postback,
    orderingKey: string | undefined,
    isAlone: boolean,
  ): Promise<Outcome | Stale> {
    for (let tries = 1; ; tries += 1) {
      if (this.#breakdown !== null) return rejectedOutcome(postback, this.#breakdown);
      const result = await this.#api.writer.submit(postback, orderingKey);
      const rejection = result === 'stale' ? null : result.rejection;
      if (rejection === null || rejectionCodes[rejection.code].httpStatus < 500) return result;
      // Rows behind this one, for the same call, may be done by now: then another try would come too late.
      const isRepeatable = rejection.code === 'store_unavailable' || postback.transactionId !== null;
      if (tries === triesMax || !isRepeatable || !isAlone) {
        this.#breakdown ??= rejection;
        return result;
      }
      await sleep(retryPauseMs);
    }
  }

  /** Rows share the settings until one of them is stale. */
  #source(): WebhookSource<KeyedWebhook> {
    let found = this.#webhook;
    return {
      find: () => {
        found = this.#webhook;
        return found;
      },
      forget: () => {
        if (this.#webhook === found) this.#webhook = this.#findWebhook();
      },
    };
  }

  async #findWebhook(): Promise<KeyedWebhook | null> {
    const { webhook, mapping } = this.#options;
    const found = await this.#api.store.findOwnWebhook(webhook.accountId, webhook.webhookId);
    return found === null || mapping === undefined ? found : { ...found, mapping };
  }

  #toPostback(row: number, read: FileRow, webhook: KeyedWebhook): Postback {
    const { importKey, isDryRun } = this.#options;
    const values = 'values' in read ? read.values : null;
    const repeatId = importKey === null ? null : `${importKey}#${row}`;
    const content = 'values' in read ? this.#contentOf(read.values) : read.rejection;
    const arrival = {
      postbackId: makeOrderedId(),
      receivedAt: new Date().toISOString(),
      sourceIp: this.#request.sourceIp,
      request: recordText({
        ...{ method: 'POST', import_key: importKey, row, line: read.line },
        format: this.#options.mapping !== undefined ? 'mapped' : this.#file.isText ? 'csv' : 'ndjson',
        body: values,
      }),
    };
    const early = rejectWebhook(this.#type, webhook);
    const postback = itemToPostback(this.#type, webhook, arrival, content, repeatId, early, isDryRun);
    // Who imports a file corrects it and sends it again.
    return { ...postback, isKept: false, batchId: this.#importId };
  }

  #contentOf(values: Record<string, unknown>): Content {
    // A row is a record, and may have nothing to set.
    const head = { query: new URLSearchParams(), headers: {}, envelope: {}, mayBeEmpty: this.#file.isText };
    if (!this.#file.isText) return { ...head, body: { kind: 'json', payload: values } };
    const pairs = Object.entries(values).map(([name, cell]): [string, string] => [name, String(cell)]);
    return { ...head, body: { kind: 'form', pairs: new URLSearchParams(pairs) } };
  }

  #resultLine({ row, line, outcome, isDryRun }: RowResult): string {
    this.#summary.add(outcome);
    return `${JSON.stringify({ row, line, ...itemToJson(outcome, isDryRun) })}\n`;
  }

  #errorJson() {
    const done = `${this.#summary.rows} rows were answered`;
    if (this.#end !== null) {
      const { rejection, line } = this.#end;
      return { code: rejection.code, detail: `Line ${line}: ${rejection.detail} Before it, ${done}.`, line };
    }
    if (this.#breakdown === null) return null;
    const { code, detail } = this.#breakdown;
    const again =
      this.#options.importKey === null
        ? 'Send the file again: rows with a transaction_id are not done twice.'
        : 'Send the same file with the same import_key again: no row is done twice.';
    return { code, detail: `${detail} ${done}. ${again}`, line: null };
  }
}

function tooManyRows(line: number): FileFault {
  const detail = `One import takes at most ${importRowsMax} rows: send this row and the rest as another file.`;
  return { rejection: reject('body_too_large', detail), line };
}

function webhookGone(): Rejection {
  return reject('not_found', 'The incoming webhook was deleted while the import ran.');
}
