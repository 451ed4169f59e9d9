/** How a webhook reads a request, with its mapping or with one that is not saved yet: by the code of the endpoint. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { recordsOf } from '../../../../core/mapping/apply/apply-mapping.ts';
import { explainFields, findUnmet, findUnused } from '../../../../core/mapping/apply/explain.ts';
import type { Mapping } from '../../../../core/mapping/mapping.ts';
import { readMappingSettings } from '../../../../core/mapping/sender-settings.ts';
import { type Rejection, reject, rejectFaults } from '../../../../core/updates/rejection.ts';
import type { Fault } from '../../../../core/values/fault.ts';
import { isJsonObject } from '../../../../core/values/json/json.ts';
import type { KeyedWebhook } from '../../../../store/store.ts';
import { envelopeOf } from '../../../postbacks/records.ts';
import { type Content, jsonOf, readContent } from '../../../postbacks/request/read-content.ts';
import { repeatIdOf, soleItem } from '../../../postbacks/request/read-postback.ts';
import { readRecord } from '../../../postbacks/request/recorded-request.ts';
import { readBody } from '../../../server/body/body.ts';
import { sendProblem } from '../../../server/errors/problem.ts';
import { requirePermission } from '../../access/access.ts';
import { isUuid } from '../../page.ts';
import { problem } from '../../problem-schemas.ts';
import { type Api, apiDocs, type ById } from '../../route.ts';
import { unknownWebhook } from '../own-webhook.ts';
import { type ExplainBody, explainBody, explainedJson } from './explain-schemas.ts';

const recordsMax = 50;

export function registerExplainRoute(app: FastifyInstance, api: Api): void {
  app.post<ById & { Body: ExplainBody }>(
    '/webhooks/incoming/:id/explain',
    {
      schema: {
        ...apiDocs,
        tags: ['incoming webhooks'],
        summary: 'Show how a logged or pasted request is read',
        body: explainBody,
        response: { 200: explainedJson, '4xx': problem },
      },
      ...requirePermission('read'),
    },
    async ({ params: { id }, body, owner: { accountId } }, reply) => {
      const saved = isUuid(id) ? await api.store.findOwnWebhook(accountId, id) : null;
      if (saved === null) return sendProblem(reply, unknownWebhook());
      const webhook = withUnsaved(saved, await api.store.findWebhook(accountId, id), body, api);
      if ('code' in webhook) return sendProblem(reply, webhook);
      const asked = await contentOf(api, accountId, body);
      if ('code' in asked) return sendProblem(reply, asked);
      return explainAll(webhook, asked.content, asked.receivedAt);
    },
  );
}

type ReadableWebhook = KeyedWebhook & { mapping: Mapping | null };

function withUnsaved(
  webhook: KeyedWebhook,
  saved: Parameters<typeof readMappingSettings>[1] | null,
  { mapping: unsaved, preset: unsavedPreset }: ExplainBody,
  { presets }: Api,
): ReadableWebhook | Rejection {
  const mapping = unsaved === undefined ? (saved?.mapping ?? null) : unsaved;
  const preset = unsavedPreset === undefined ? (saved?.preset ?? null) : unsavedPreset;
  const read = readMappingSettings(webhook.type, { preset, mapping }, presets);
  return Array.isArray(read) ? rejectFaults(read) : { ...webhook, mapping: read };
}

type Asked = { content: Content; receivedAt: string };

async function contentOf(
  { store }: Api,
  accountId: string,
  { postback_id: postbackId, request }: ExplainBody,
): Promise<Asked | Rejection> {
  if ((postbackId === undefined) === (request === undefined)) {
    return reject('invalid_value', 'Send one of two: "postback_id" of a logged request, or "request".');
  }
  if (postbackId === undefined) return readPasted(request ?? {});
  const logged = isUuid(postbackId) ? await store.findRecordedPostback(accountId, postbackId) : null;
  if (logged === null) return reject('not_found', 'There is no postback with this id in the log.');
  const recorded = readRecord(logged.first.request);
  if (recorded === null) {
    return reject(
      'not_replayable',
      'The log could not keep this request as it was sent: paste it as "request".',
    );
  }
  const { body, query, headers, envelope } = recorded;
  return { content: { body, query, headers, envelope }, receivedAt: logged.first.receivedAt };
}

function readPasted({ query, headers = {}, body }: NonNullable<ExplainBody['request']>): Asked | Rejection {
  const lowerCase: IncomingHttpHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const contentType =
    lowerCase['content-type'] ?? (isFormText(body) ? 'application/x-www-form-urlencoded' : undefined);
  const text =
    typeof body === 'string' ? body : body === undefined || body === null ? undefined : JSON.stringify(body);
  const read = readBody(text, typeof body === 'string' ? contentType : 'application/json');
  if ('code' in read) return read;
  const content = { body: read, query: pairsOf(query), headers: lowerCase, envelope: null };
  return { content, receivedAt: new Date().toISOString() };
}

/** Text that no JSON begins with. */
function isFormText(body: unknown): boolean {
  return typeof body === 'string' && !/^\s*[[{"]/.test(body);
}

function pairsOf(query: unknown): URLSearchParams {
  if (typeof query === 'string') return new URLSearchParams(query);
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(isJsonObject(query) ? query : {})) {
    for (const one of [value].flat()) pairs.append(name, String(one));
  }
  return pairs;
}

function explainAll(webhook: ReadableWebhook, content: Content, receivedAt: string) {
  const { mapping } = webhook;
  const hasRecords = mapping !== null && mapping.each !== null && content.envelope === null;
  const records = hasRecords ? recordsOf(mapping, jsonOf(content.body)) : null;
  if (!Array.isArray(records)) {
    const body = mapping?.each == null ? soleItem(content.body) : content.body;
    if (body.kind === 'list' && mapping?.each == null) return explainList();
    return explainRecord(webhook, { ...content, body }, receivedAt);
  }
  const envelope = envelopeOf(webhook, content.body);
  const explained = records.slice(0, recordsMax).map((record) =>
    explainRecord(
      webhook,
      {
        ...content,
        envelope,
        body: isJsonObject(record) ? { kind: 'json', payload: record } : { kind: 'list', items: [record] },
      },
      receivedAt,
    ),
  );
  const none = { status: 'ignored', fields: {}, errors: [], unused: [] };
  return { ...(explained[0] ?? none), records: explained };
}

/** Only `each` reads a list. */
function explainList() {
  const detail = 'This is a list: write "each":"" into the mapping to read each of its records.';
  const errors: Fault[] = [{ field: null, code: 'invalid_value', detail }];
  return { status: 'unreadable', fields: {}, errors, unused: [] };
}

function explainRecord(webhook: ReadableWebhook, content: Content, receivedAt: string) {
  const { decoded, isIgnored, readings, sources } = readContent(
    webhook.type,
    webhook,
    content,
    repeatIdOf(webhook, { headers: content.headers }),
    receivedAt,
  );
  const { body, query, headers, envelope } = content;
  const record = jsonOf(body);
  const request = {
    body: envelope ?? record,
    form: body.kind === 'form' ? body.pairs : null,
    query,
    headers,
  };
  const fields = isIgnored ? new Map<string, never>() : explainFields(readings, sources, decoded);
  return {
    status: isIgnored ? 'ignored' : decoded.faults.length > 0 ? 'unreadable' : 'read',
    fields: Object.fromEntries(fields),
    errors: decoded.faults,
    ...(isIgnored && webhook.mapping !== null && { unmet: findUnmet(webhook.mapping, request, record) }),
    unused: findUnused(webhook.mapping, fields, request, record),
  };
}
