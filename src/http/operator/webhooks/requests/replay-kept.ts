/** Requests that could not be read are read again with the current mapping: oldest first, each once. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { waitFor } from '../../../../core/updates/fold/wait.ts';
import type { Outcome, Postback } from '../../../../core/updates/postback.ts';
import { rejectedOutcome } from '../../../../core/updates/postback.ts';
import { type Rejection, reject, rejectionCodes } from '../../../../core/updates/rejection.ts';
import { makeOrderedId } from '../../../../ordered-id.ts';
import type { KeptPostback, KeyedWebhook } from '../../../../store/store.ts';
import { countOutcome, noCounts } from '../../../postbacks/bulk.ts';
import { batchSummary } from '../../../postbacks/postback-schemas.ts';
import { contentOf, type RecordedContent, readRecordedContents } from '../../../postbacks/records.ts';
import { rejectWebhook } from '../../../postbacks/rejections/early-rejection.ts';
import { readItemContent, repeatIdOf, toPostback } from '../../../postbacks/request/read-postback.ts';
import { submitPostback } from '../../../postbacks/submit.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { isUuid } from '../../page.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, apiDocs, type ById } from '../../route.ts';
import { unknownWebhook } from '../own-webhook.ts';

const pageSize = 200;

const answerJson = Type.Object({
  replayed: Type.Integer({ description: 'kept requests that were read again' }),
  summary: batchSummary,
});

export function registerReplayKeptRoute(app: FastifyInstance, api: Api): void {
  app.post<ById>(
    '/webhooks/incoming/:id/replay-kept',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary: 'Read all kept requests again with the current mapping',
        response: { 200: answerJson, '4xx': problem },
      },
      ...requirePermission('send_postbacks'),
    },
    async (request, reply) => {
      const { id } = request.params;
      const { accountId } = request.owner;
      const webhook = isUuid(id) ? await api.store.findOwnWebhook(accountId, id) : null;
      if (webhook === null) return sendProblem(reply, unknownWebhook());
      const rejection = rejectWebhook(webhook.type, webhook);
      if (rejection !== null) return sendProblem(reply, rejection);
      const read = await new KeptReplay(api, request, webhook).run();
      return 'code' in read ? sendProblem(reply, read) : read;
    },
  );
}

class KeptReplay {
  readonly #api: Api;
  readonly #request: FastifyRequest;
  readonly #orderingKey = makeOrderedId();
  readonly #summary = noCounts();
  #webhook: KeyedWebhook;
  #replayed = 0;

  constructor(api: Api, request: FastifyRequest, webhook: KeyedWebhook) {
    this.#api = api;
    this.#request = request;
    this.#webhook = webhook;
  }

  async run() {
    const { accountId, webhookId } = this.#webhook;
    for (let after: string | null = null; ; ) {
      const page: KeptPostback[] = await this.#api.store.listKept(accountId, webhookId, pageSize, after);
      const outcomes = await this.#api.bulkLimit.map(page, (kept) => this.#replay(kept));
      const unavailable = outcomes.find(isUnavailable)?.rejection;
      if (unavailable != null) return this.#interrupted(unavailable);
      after = page.at(-1)?.postbackId ?? null;
      if (page.length < pageSize) return { replayed: this.#replayed, summary: this.#summary };
    }
  }

  #interrupted(rejection: Rejection): Rejection {
    const done = `${this.#replayed} kept requests were read again before it; run it again for the rest.`;
    return { ...rejection, detail: `${rejection.detail} ${done}` };
  }

  /** Of a request with several records, the last one takes the place of the kept request, after the others are done. */
  async #replay(kept: KeptPostback): Promise<Outcome> {
    const contents = readRecordedContents(kept.request, this.#webhook);
    let outcome: Outcome | null = null;
    for (const [index, content] of contents.entries()) {
      const isLast = index === contents.length - 1;
      outcome = await this.#submit((webhook) =>
        isLast ? reread(webhook, kept, content) : readPart(webhook, kept, content, index),
      );
      if (isUnavailable(outcome)) return outcome;
      countOutcome(this.#summary, outcome);
    }
    if (outcome === null) throw new Error('a kept request has no content');
    this.#replayed += 1;
    return outcome;
  }

  async #submit(read: (webhook: KeyedWebhook) => Postback): Promise<Outcome> {
    const { accountId, webhookId } = this.#webhook;
    let isCurrent = true;
    const source = {
      find: async () => {
        if (isCurrent) return this.#webhook;
        const found = await this.#api.store.findOwnWebhook(accountId, webhookId);
        if (found !== null) this.#webhook = found;
        return found;
      },
      forget: () => {
        isCurrent = false;
      },
    };
    const metadata = { method: this.#request.method, bytes: null };
    const outcome = await submitPostback(this.#api, metadata, source, read, () => this.#orderingKey);
    return (
      outcome ??
      rejectedOutcome({ postbackId: this.#orderingKey, target: null, ignored: [] }, unknownWebhook())
    );
  }
}

function isUnavailable({ rejection }: Outcome): boolean {
  return rejection !== null && rejectionCodes[rejection.code].httpStatus >= 500;
}

/** The kept request under its own id: its window counts from its receipt, and it waits for its call from now on. */
function reread(webhook: KeyedWebhook, kept: KeptPostback, content: RecordedContent | null): Postback {
  const postback = readPart(webhook, kept, content, null);
  return { ...postback, postbackId: kept.postbackId, isReread: true };
}

/** @param index of a record that becomes a separate postback; repeated, it has the same transaction id */
function readPart(
  webhook: KeyedWebhook,
  { postbackId: keptId, receivedAt, sourceIp, request }: KeptPostback,
  content: RecordedContent | null,
  index: number | null,
): Postback {
  const postbackId = makeOrderedId();
  const arrival = { postbackId, receivedAt, sourceIp, request: content?.record ?? request };
  const repeatId = content === null ? null : repeatIdOf(webhook, content);
  const early = rejectWebhook(webhook.type, webhook);
  const gone = reject(
    'not_replayable',
    'The log no longer has its request as it was sent: ask for it to be sent again.',
  );
  const asked = content === null ? gone : contentOf(content);
  const read = readItemContent(webhook.type, webhook, asked, repeatId, receivedAt, early);
  const postback = toPostback(webhook, arrival, read);
  const partId = index === null ? null : `replay:${keptId}#${index}`;
  const isForbidden = read.decoded.faults.some(({ code }) => code === 'field_not_allowed');
  return {
    ...postback,
    // It stays kept until it can be read, whatever the webhook does with new requests.
    isKept: content !== null && read.rejection !== null && !isForbidden,
    transactionId: postback.transactionId ?? partId,
    ...(postback.wait !== undefined && { wait: waitFor(new Date().toISOString(), webhook.waitHours) }),
  };
}
