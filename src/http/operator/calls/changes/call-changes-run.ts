import type { FastifyRequest } from 'fastify';
import { knownName } from '../../../../core/updates/fields/field-names.ts';
import { webhookTypes } from '../../../../core/updates/fields/webhook-type.ts';
import type { Outcome, Postback } from '../../../../core/updates/postback.ts';
import { rejectedOutcome } from '../../../../core/updates/postback.ts';
import { type Rejection, reject, rejectFaults, rejectionCodes } from '../../../../core/updates/rejection.ts';
import type { Fault } from '../../../../core/values/fault.ts';
import { makeOrderedId } from '../../../../ordered-id.ts';
import type { CallFilter, KeyedWebhook } from '../../../../store/store.ts';
import { itemToPostback } from '../../../postbacks/bulk.ts';
import { metadataOf } from '../../../postbacks/postback-lines.ts';
import { recordText } from '../../../postbacks/request/recorded-request.ts';
import { submitPostback } from '../../../postbacks/submit.ts';
import { SummaryCounter } from '../../imports/import-summary.ts';
import type { Api } from '../../route.ts';
import { readPages } from '../lists/call-pages.ts';
import type { CallChangesSummaryJson } from './call-changes-schemas.ts';

/** What one request of a sender says of itself: in a change it would be said of each call. */
const requestNames = ['call_log_id', 'phone_number', 'transaction_id', 'dry_run', 'return'];
/** Rejected calls that the summary lists. */
const rejectionsMax = 100;

export type CallChangesOptions = {
  /** as it was when the change began */
  webhook: KeyedWebhook;
  filter: CallFilter;
  change: Record<string, unknown>;
  isDryRun: boolean;
};

/** One change on its way through all calls that a filter means. */
export class CallChanges {
  readonly #api: Api;
  readonly #request: FastifyRequest;
  readonly #options: CallChangesOptions;
  readonly #batchId = makeOrderedId();
  readonly #summary = new SummaryCounter([]);
  readonly #rejections: CallChangesSummaryJson['rejections'] = [];
  /** a rejection that is not about a call: the calls behind it would get the same */
  #breakdown: Rejection | null = null;

  constructor(api: Api, request: FastifyRequest, options: CallChangesOptions) {
    this.#api = api;
    this.#request = request;
    this.#options = options;
  }

  /** Why the change is rejected for every call. */
  checkChange(): Rejection | null {
    const faults = Object.keys(this.#options.change).filter(isAboutRequest).map(aboutRequest);
    if (faults.length > 0) return rejectFaults(faults);
    return this.#toPostback('any', this.#options.webhook).rejection;
  }

  /** @param stopping ends it after the page that is under way */
  async *answer(stopping: AbortSignal): AsyncGenerator<string> {
    const { webhook, filter, isDryRun } = this.#options;
    const { accountId, webhookId } = webhook;
    try {
      const { calls } = await this.#api.store.totalCalls(accountId, filter);
      yield lineOf({ batch_id: this.#batchId, webhook_id: webhookId, calls });
      for await (const page of readPages(this.#api.store, accountId, filter, stopping)) {
        const ids = page.map(({ callLogId }) => callLogId);
        const outcomes = isDryRun ? await this.#preview(ids) : await this.#submit(ids);
        for (const outcome of outcomes) this.#count(outcome);
        if (this.#breakdown !== null) break;
        yield lineOf({ done: this.#summary.rows });
      }
    } catch (error) {
      this.#breakdown ??= this.#api.rejectionOf(error, this.#request.log);
    }
    const summary = this.#summaryJson();
    if (this.#breakdown === null) return yield lineOf({ summary });
    const { code, detail } = this.#breakdown;
    const done = `${this.#summary.rows} calls were changed before. Send the same request again to change the others.`;
    yield lineOf({ summary, error: { code, detail: `${detail} ${done}` } });
  }

  async #preview(ids: string[]): Promise<Outcome[]> {
    const postbacks = ids.map((id) => this.#toPostback(id, this.#options.webhook));
    if (postbacks.length === 0) return [];
    return this.#api.store.previewPostbacks(this.#options.webhook.accountId, postbacks);
  }

  async #submit(ids: string[]): Promise<Outcome[]> {
    const { bulkLimit, writer, metrics, lines, store } = this.#api;
    const { accountId, webhookId } = this.#options.webhook;
    const metadata = metadataOf(this.#request);
    let found: Promise<KeyedWebhook | null> = Promise.resolve(this.#options.webhook);
    const source = {
      find: () => found,
      forget: () => {
        found = store.findOwnWebhook(accountId, webhookId);
      },
    };
    const submitOne = async (id: string) => {
      const read = (webhook: KeyedWebhook) => this.#toPostback(id, webhook);
      const outcome = await submitPostback({ writer, metrics, lines }, metadata, source, read);
      return outcome ?? rejectedOutcome(read(this.#options.webhook), webhookGone());
    };
    return Promise.all(ids.map((id) => bulkLimit(() => submitOne(id))));
  }

  #toPostback(callLogId: string, webhook: KeyedWebhook): Postback {
    const payload = { ...this.#options.change, call_log_id: callLogId };
    const arrival = {
      postbackId: makeOrderedId(),
      receivedAt: new Date().toISOString(),
      sourceIp: this.#request.sourceIp,
      request: recordText({
        method: 'POST',
        batch_id: this.#batchId,
        query: {},
        headers: {},
        body: payload,
      }),
    };
    const content = {
      body: { kind: 'json', payload } as const,
      query: new URLSearchParams(),
      headers: {},
      envelope: null,
    };
    const postback = itemToPostback('update_fields', webhook, arrival, content, null, null, false);
    return { ...postback, batchId: this.#batchId };
  }

  #count(outcome: Outcome): void {
    const { rejection, callLogId } = outcome;
    if (rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500) {
      this.#breakdown ??= rejection;
      return;
    }
    this.#summary.add(outcome);
    if (rejection === null || this.#rejections.length >= rejectionsMax) return;
    const { code, detail } = rejection;
    this.#rejections.push({ call_log_id: callLogId ?? '', code, detail });
  }

  #summaryJson(): CallChangesSummaryJson {
    const { webhook, isDryRun } = this.#options;
    const {
      rows,
      ignored_columns: _ignored,
      changes,
      ...counts
    } = this.#summary.toJson(isDryRun, webhook.webhookId);
    return {
      calls: rows,
      ...counts,
      changes: Object.fromEntries(
        Object.entries(changes).map(([name, { rows: calls, ...sums }]) => [name, { calls, ...sums }]),
      ),
      batch_id: this.#batchId,
      rejections: this.#rejections,
    };
  }
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function webhookGone(): Rejection {
  return reject('not_found', 'The incoming webhook of the change was deleted while it ran.');
}

function isAboutRequest(name: string): boolean {
  return requestNames.includes(knownName(name, false, webhookTypes.update_fields) ?? '');
}

function aboutRequest(field: string): Fault {
  const detail = 'Leave this out: "filter" names the calls, and "dry_run" is beside "change".';
  return { field, code: 'unknown_field', detail };
}
