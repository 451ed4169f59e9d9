/** Undoes many postbacks of one webhook: those of a period, of a batch or of an import. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Outcome } from '../../../../core/updates/postback.ts';
import { type Rejection, reject, rejectFaults, rejectionCodes } from '../../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../../core/values/fault.ts';
import type { UndoScope, UndoTarget, Webhook } from '../../../../store/store.ts';
import { sendLines } from '../../../files/request-body.ts';
import { metadataOf } from '../../../postbacks/postback-lines.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../../access/access.ts';
import { ListReader } from '../../list-reader.ts';
import { isUuid } from '../../page.ts';
import { readPeriodEnd, readPeriodStart } from '../../period.ts';
import { toUndo, type UndoRequest, undoOnce } from '../../postbacks/undo-postback.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, accountOf, apiDocs, type ById, documentedQuery, type List, namesOf } from '../../route.ts';
import { unknownWebhook } from '../own-webhook.ts';
import { UndoSummary } from './undo-summary.ts';
import { undoAnswer, webhookUndoBody, webhookUndoQuery } from './webhook-undo-schemas.ts';

type Body = Static<typeof webhookUndoBody>;

/** Postbacks that are undone at once. Each reads all changes of its call, and single postbacks wait behind each step. */
const stepPostbacks = 25;
/** A step is followed by a pause of this many times its length, which belongs to the postbacks of senders. */
const pauseFactor = 0.5;
/** A request that is silent for longer is ended by many a proxy. */
const processingEveryMs = 5_000;

export function registerWebhookUndoRoute(app: FastifyInstance, api: Api): void {
  const stopping = new AbortController();
  app.addHook('preClose', async () => stopping.abort());
  app.post<ById & List & { Body: Body }>(
    '/webhooks/incoming/:id/undo',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary: 'Undo all postbacks of a period, a batch or an import, newest first',
        querystring: webhookUndoQuery,
        body: webhookUndoBody,
        description:
          'With `Accept: application/x-ndjson` the response has a line after each step, which tells how far it is. If the client closes the connection, the undo ends after the step that is under way; the same request goes on with the others.',
        response: { 200: undoAnswer, '4xx': problem, '5xx': problem },
      },
      ...documentedQuery,
      ...requirePermission('change_calls'),
    },
    async (request, reply) => {
      const reader = new ListReader(request.query, namesOf(webhookUndoQuery));
      const isDryRun = reader.flag('dry_run') || request.body.dry_run === true;
      if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
      const { accountId, timeZone } = await accountOf(api, request);
      const { id } = request.params;
      const webhook = isUuid(id) ? await api.store.findWebhook(accountId, id) : null;
      if (webhook === null) return sendProblem(reply, unknownWebhook());
      const scope = readScope(webhook, request.body, timeZone);
      if ('code' in scope) return sendProblem(reply, scope);
      return new WebhookUndo(api, request, webhook, scope, isDryRun).run(reply, stopping.signal);
    },
  );
}

function readScope({ webhookId }: Webhook, body: Body, timeZone: string): UndoScope | Rejection {
  const faults: Fault[] = [];
  const batchId = body.batch_id ?? body.import_id;
  const given = [body.batch_id, body.import_id, body.from ?? body.to].filter((one) => one !== undefined);
  if (given.length !== 1) {
    const detail = 'Send one of these: from and to, batch_id, or import_id.';
    return rejectFaults([
      { field: null, code: given.length === 0 ? 'invalid_value' : 'conflicting_field', detail },
    ]);
  }
  if (batchId !== undefined) {
    if (isUuid(batchId)) return { webhookId, batchId };
    const field = body.batch_id === undefined ? 'import_id' : 'batch_id';
    return rejectFaults([{ field, code: 'invalid_value', detail: 'Send the id from the response to it.' }]);
  }
  const read = (field: 'from' | 'to', of: (text: string, zone: string) => string | Invalid) => {
    const value =
      body[field] === undefined ? new Invalid(`Send "${field}", too.`) : of(body[field], timeZone);
    if (!(value instanceof Invalid)) return Date.parse(value);
    faults.push({ field, code: value.code, detail: value.detail });
    return 0;
  };
  const fromMs = read('from', readPeriodStart);
  const endMs = read('to', readPeriodEnd);
  // A day ends with its last millisecond; a moment is in the period.
  const toMs = /^\d{4}-\d\d-\d\d$/.test(body.to ?? '') ? endMs : endMs + 1;
  if (faults.length === 0 && fromMs >= toMs)
    faults.push({ field: 'to', code: 'invalid_value', detail: 'Send an end that is after the start.' });
  return faults.length > 0 ? rejectFaults(faults) : { webhookId, fromMs, toMs };
}

/** One request: it goes through the postbacks in steps, and any number of single postbacks comes between two of them. */
class WebhookUndo {
  readonly #api: Api;
  readonly #request: FastifyRequest;
  readonly #webhook: Webhook;
  readonly #scope: UndoScope;
  readonly #asked: UndoRequest;
  readonly #summary = new UndoSummary();
  /** calls that a dry run has been through */
  readonly #previewed = new Set<string>();

  constructor(api: Api, request: FastifyRequest, webhook: Webhook, scope: UndoScope, isDryRun: boolean) {
    this.#api = api;
    this.#request = request;
    this.#webhook = webhook;
    this.#scope = scope;
    const { accountId, name: by } = request.owner;
    const path = `/api/v1/webhooks/incoming/${webhook.webhookId}/undo`;
    this.#asked = { accountId, by, sourceIp: request.sourceIp, path, isDryRun };
  }

  /** @param stopping tells that the server stops */
  async run(reply: FastifyReply, stopping: AbortSignal): Promise<FastifyReply> {
    const { accountId, isDryRun } = this.#asked;
    const { name, webhookId } = this.#webhook;
    if (!isDryRun) await this.#api.store.recordUndo(accountId, this.#scope, name, actorOf(this.#request));
    const steps = this.#steps(stopping);
    if (wantsLines(this.#request)) return sendLines(reply, this.#lines(steps));
    let reportedMs = performance.now();
    for (;;) {
      const step = await steps.next();
      if (step.done === true && step.value !== null) return sendProblem(reply, this.#interrupted(step.value));
      if (step.done === true || reply.raw.destroyed) break;
      const nowMs = performance.now();
      if (nowMs - reportedMs > processingEveryMs) reportedMs = this.#tellProcessing(reply, nowMs);
    }
    return reply.send(this.#summary.toJson(webhookId, isDryRun));
  }

  /** A line after each step, then the summary. If the client closes the connection, the undo ends after its step. */
  async *#lines(steps: AsyncGenerator<undefined, Rejection | null>): AsyncGenerator<string> {
    let fault: Rejection | null = null;
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done === true) {
          fault = step.value;
          break;
        }
        yield lineOf({ done: this.#summary.postbacks });
      }
    } catch (error) {
      fault = this.#api.rejectionOf(error, this.#request.log);
    }
    const summary = this.#summary.toJson(this.#webhook.webhookId, this.#asked.isDryRun);
    if (fault === null) return yield lineOf({ summary });
    const { code, detail } = this.#interrupted(fault);
    yield lineOf({ summary, error: { code, detail } });
  }

  /** Goes through the postbacks. @returns what broke it off, or null */
  async *#steps(stopping: AbortSignal): AsyncGenerator<undefined, Rejection | null> {
    const { accountId, isDryRun } = this.#asked;
    const { store } = this.#api;
    for (let before: string | null = null; ; ) {
      if (stopping.aborted) return shuttingDown();
      const startMs = performance.now();
      const limit = stepPostbacks;
      const targets: UndoTarget[] = await store.listUndoTargets(accountId, this.#scope, { before, limit });
      const outcomes = isDryRun ? await this.#preview(targets) : await this.#undo(targets);
      for (const outcome of outcomes) {
        if ('code' in outcome) continue;
        if (outcome.rejection !== null && isBreakdown(outcome.rejection)) return outcome.rejection;
        this.#summary.add(outcome);
      }
      yield;
      before = targets.at(-1)?.postbackId ?? null;
      if (targets.length < limit) return null;
      await sleep((performance.now() - startMs) * pauseFactor);
    }
  }

  /** Keeps the connection in use: a client or proxy gives up on one that is silent. HTTP/1.0 has no such message. */
  #tellProcessing(reply: FastifyReply, nowMs: number): number {
    if (this.#request.raw.httpVersion !== '1.0') reply.raw.writeProcessing();
    return nowMs;
  }

  async #undo(targets: UndoTarget[]): Promise<(Outcome | Rejection)[]> {
    const metadata = metadataOf(this.#request);
    return Promise.all(
      targets.map((target) => undoOnce(this.#api, metadata, this.#asked, target.postbackId, target)),
    );
  }

  /** A call is previewed with all of its postbacks in the scope, since each undo depends on the ones before it. */
  async #preview(targets: UndoTarget[]): Promise<Outcome[]> {
    const { accountId } = this.#asked;
    const ids = targets.map(({ callLogId }) => callLogId).filter((id) => id !== null);
    const callLogIds = [...new Set(ids)].filter((id) => !this.#previewed.has(id));
    for (const id of callLogIds) this.#previewed.add(id);
    const ofCalls =
      callLogIds.length === 0
        ? []
        : await this.#api.store.listUndoTargets(accountId, this.#scope, { callLogIds });
    const all = [...ofCalls, ...targets.filter(({ callLogId }) => callLogId === null)];
    const undos = all.map((target) => toUndo(target, { ...this.#asked, isDryRun: false }));
    return undos.length === 0 ? [] : this.#api.store.previewPostbacks(accountId, undos);
  }

  #interrupted({ code, detail }: Rejection): Rejection {
    const done = `${this.#summary.postbacks} postbacks were undone before. Send the same request again: it goes on with the others.`;
    return { code, detail: `${detail} ${done}`, errors: [] };
  }
}

function shuttingDown(): Rejection {
  return reject('store_unavailable', 'The server is shutting down.');
}

/** True for a rejection that is not about the postback. */
function isBreakdown({ code }: Rejection): boolean {
  return rejectionCodes[code].httpStatus >= 500;
}

function wantsLines({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('application/x-ndjson') === true;
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
