import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { decodeCallEvent } from '../../../core/calls/call-event.ts';
import { planSampleCalls, type SampleCall } from '../../../core/calls/sample-calls.ts';
import { reject } from '../../../core/updates/rejection.ts';
import { instantOfId, makeOrderedId } from '../../../ordered-id.ts';
import type { Account, SampleData } from '../../../store/store.ts';
import { itemToPostback } from '../../postbacks/bulk.ts';
import { metadataOf } from '../../postbacks/postback-lines.ts';
import { recordText } from '../../postbacks/request/recorded-request.ts';
import { submitPostback } from '../../postbacks/submit.ts';
import { sendProblem } from '../../server/errors/problem.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs } from '../route.ts';
import { ownWebhookSource } from '../webhooks/own-webhook.ts';
import {
  type FirstStepsJson,
  firstStepsBody,
  firstStepsJson,
  loadedSampleJson,
} from './sample-data-schemas.ts';

const webhookName = 'Sample buyer';

/** The first steps of a new account, and data to look around with that can be removed again. */
export function registerSampleDataRoutes(app: FastifyInstance, api: Api): void {
  const { store } = api;
  const docs = (summary: string, response: object) => ({
    schema: { ...apiDocs, tags: ['overview'], summary, response: { ...response, '4xx': problem } },
  });

  app.get(
    '/first-steps',
    {
      ...docs('Which first steps are done, and whether sample data is loaded', { 200: firstStepsJson }),
      ...requirePermission('read'),
    },
    async ({ owner }, reply) =>
      reply.header('cache-control', 'no-store').send(await readSteps(api, owner.accountId)),
  );

  const { schema } = docs('Hide the checklist of the first steps, or show it again', { 200: firstStepsJson });
  app.patch<{ Body: Static<typeof firstStepsBody> }>(
    '/first-steps',
    { schema: { ...schema, body: firstStepsBody }, ...requirePermission('change_webhooks') },
    async ({ owner, body }) => {
      await store.hideFirstSteps(owner.accountId, body.is_hidden);
      return readSteps(api, owner.accountId);
    },
  );

  app.post(
    '/sample-data',
    {
      ...docs('Load sample calls and postbacks into an account without calls', { 201: loadedSampleJson }),
      ...requirePermission('change_calls'),
    },
    async (request, reply) => {
      const account = await accountOf(api, request);
      const calls = planSampleCalls(`sample-${randomBytes(4).toString('hex')}-`, Date.now());
      const ids = calls.map(({ callLogId }) => callLogId);
      const settings = {
        ...{ name: webhookName, type: 'update_fields' as const },
        ...{ matchWindowHours: 168, matchRule: 'latest' as const },
      };
      const keyHash = hashSecret(makeSecret('rbk')); // of no sender: create a new key to try it
      const webhook = await store.beginSample(account.accountId, ids, settings, keyHash, actorOf(request));
      if (webhook === null) {
        const detail =
          'Sample data is for accounts without calls and outgoing webhooks, and is loaded once: remove it before you load it again.';
        return sendProblem(reply, reject('not_empty', detail));
      }
      for (const call of calls) await recordCall(api, account, request.owner.name, call);
      const bodies = [...calls.map(({ postback }) => postback), ...rejectedBodies(ids)];
      const sent = bodies.filter((body) => body !== null);
      await Promise.all(sent.map((body) => sendPostback(api, request, webhook.webhookId, body)));
      const { sample } = await store.readFirstSteps(account.accountId);
      if (sample?.webhookId !== webhook.webhookId) {
        await store.removeLateSample(account.accountId, ids);
        return sendProblem(reply, reject('not_found', 'The sample data was removed while it was loaded.'));
      }
      return reply.code(201).send({ ...sampleToJson(sample), postbacks: sent.length });
    },
  );

  app.delete(
    '/sample-data',
    {
      ...docs('Remove the sample data, and all that happened to its calls', { 204: Type.Null() }),
      ...requirePermission('change_calls'),
    },
    async (request, reply) => {
      if (await store.removeSample(request.owner.accountId, actorOf(request))) return reply.code(204).send();
      return sendProblem(reply, reject('not_found', 'No sample data is loaded.'));
    },
  );
}

async function readSteps({ store }: Pick<Api, 'store'>, accountId: string): Promise<FirstStepsJson> {
  const { sample, ...steps } = await store.readFirstSteps(accountId);
  return {
    has_webhook: steps.hasWebhook,
    has_call: steps.hasCall,
    has_postback: steps.hasPostback,
    has_applied_postback: steps.hasApplied,
    may_load_sample_data: steps.mayLoadSample,
    is_hidden: steps.isHidden,
    sample_data: sample && sampleToJson(sample),
  };
}

function sampleToJson({ webhookId, callLogIds, createdAt }: SampleData) {
  return { webhook_id: webhookId, calls: callLogIds.length, created_at: createdAt };
}

async function recordCall(
  { store }: Pick<Api, 'store'>,
  account: Account,
  by: string,
  { callLogId, event: fields }: SampleCall,
): Promise<void> {
  const receivedAt = new Date().toISOString();
  const { event, faults } = decodeCallEvent(fields, { ...account, receivedAt });
  if (faults.length > 0) throw new Error(`a sample call is wrong: ${JSON.stringify(faults)}`);
  const { accountId } = account;
  await store.recordCallEvent({ accountId, callLogId, event, by, receivedAt, mayCreate: true });
}

/** What goes wrong at first with most senders: an id that no call has, and an amount with a currency sign. */
function rejectedBodies([first = '']: string[]): Record<string, unknown>[] {
  return [
    { call_log_id: `${first}-typo`, converted: true, revenue_paid_out: '48.00' },
    { call_log_id: first, converted: true, revenue_paid_out: 'USD 48' },
  ];
}

/** The way of every postback, as the webhook's test tab sends one. */
async function sendPostback(
  api: Api,
  request: FastifyRequest,
  webhookId: string,
  sent: Record<string, unknown>,
): Promise<void> {
  const { owner, sourceIp } = request;
  const source = ownWebhookSource(api.store, owner.accountId, webhookId);
  await submitPostback(api, metadataOf(request), source, (webhook) => {
    const postbackId = makeOrderedId();
    const record = {
      method: 'POST',
      path: '/update-fields',
      query: {},
      headers: {},
      body: sent,
      sent_by: owner.name,
    };
    const arrival = {
      postbackId,
      receivedAt: instantOfId(postbackId),
      sourceIp,
      request: recordText(record),
    };
    const body = { kind: 'json' as const, payload: { ...sent } };
    const content = { body, query: new URLSearchParams(), headers: {}, envelope: null };
    return itemToPostback('update_fields', webhook, arrival, content, null, null, false);
  });
}
