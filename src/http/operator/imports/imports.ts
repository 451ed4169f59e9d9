/** `POST /imports`: a file of rows, done while it is read and answered while it is done. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hashSecret, makeSecret } from '../../../core/access/secret.ts';
import { readMapping } from '../../../core/files/columns.ts';
import { importColumns, importRowsMax } from '../../../core/files/import-columns.ts';
import { mappedColumns } from '../../../core/files/mapped-columns.ts';
import {
  type WebhookType,
  webhookTypeNames,
  webhookTypes,
} from '../../../core/updates/fields/webhook-type.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import { Invalid } from '../../../core/values/fault.ts';
import { readText } from '../../../core/values/text/text.ts';
import { type FileReading, openRowsFile } from '../../../files/rows-file.ts';
import type { KeyedWebhook } from '../../../store/store.ts';
import { readFileMapping } from '../../files/file-mapping.ts';
import { readFileFormat, readFileNotation } from '../../files/file-request.ts';
import { fileBody } from '../../files/file-schemas.ts';
import { openBody, rejectFile, sendLines } from '../../files/request-body.ts';
import { rejectWebhook } from '../../postbacks/rejections/early-rejection.ts';
import { actorOf, requirePermission } from '../access/access.ts';
import { ListReader } from '../list-reader.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { unknownWebhook } from '../webhooks/own-webhook.ts';
import { type FilePart, Import } from './import.ts';
import { importAnswer, importQuery } from './import-schemas.ts';

/**
 * The webhook of imports that name none. Files tell of weeks ago, and a caller may have called twice in 90 days:
 * then the row is rejected, rather than booked on the wrong call.
 */
const ownWebhook = { name: 'File import', matchWindowHours: 2160, matchRule: 'only' } as const;
/** With the number of its row behind it, a transaction_id. */
const importKeyCharsMax = 150;

/** @param scope takes bodies as they arrive. @param stopping tells that the server stops */
export function registerImportRoute(scope: FastifyInstance, api: Api, stopping: AbortSignal): void {
  scope.post<List>(
    '/imports',
    {
      schema: {
        ...apiDocs,
        tags: ['files'],
        summary: 'Import a file: CSV or NDJSON, at most 1,000,000 rows',
        description:
          'Each row is a separate postback through an incoming webhook. The answer is written while the file is read: read it while you send.',
        querystring: importQuery,
        body: fileBody,
        response: { 200: importAnswer, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('change_calls'),
    },
    (request, reply) => takeImport(api, request, reply, stopping),
  );
}

async function takeImport(
  api: Api,
  request: FastifyRequest<List>,
  reply: FastifyReply,
  stopping: AbortSignal,
): Promise<FastifyReply> {
  const body = openBody(request, reply, stopping);
  const asked = readRequest(request);
  if ('code' in asked) return rejectFile(reply, asked);
  const webhook = await findWebhook(api, request, asked);
  if ('code' in webhook) return rejectFile(reply, webhook);
  const mapped = await withMapping(api, request, webhook, asked.mapping);
  if ('code' in mapped) return rejectFile(reply, mapped);
  const byName = importColumns(webhookTypes[webhook.type]);
  if (mapped.mapping !== null && 'code' in mapped.mapping) return rejectFile(reply, mapped.mapping);
  const rules = mapped.mapping === null ? byName : mappedColumns(mapped.mapping, byName);
  const mapping = readMapping(asked.maps, rules);
  if ('code' in mapping) return rejectFile(reply, mapping);
  const formats = { ...asked.reading.formats, accountZone: webhook.timeZone };
  const file = await openRowsFile(body, { ...asked.reading, formats, mapping, rules });
  if ('rejection' in file) {
    return rejectFile(reply, file.rejection, file.line + asked.part.linesBefore);
  }
  const { importKey, isDryRun, part } = asked;
  const running = new Import(api, request, file, {
    webhook: mapped,
    ...(asked.mapping !== null && { mapping: mapped.mapping }),
    importKey,
    isDryRun,
    part,
  });
  return sendLines(reply, running.answer());
}

type Asked = {
  reading: Pick<FileReading, 'format' | 'keepsEmpty'> & ReturnType<typeof readFileNotation>;
  maps: string[];
  /** text of `mapping`: how rows are read, in place of the webhook's own */
  mapping: string | null;
  webhookId: string | null;
  type: WebhookType | null;
  importKey: string | null;
  isDryRun: boolean;
  part: FilePart;
};

/** As many lines as rows of many lines may have. */
const linesMax = 100_000_000;

function readRequest(request: FastifyRequest<List>): Asked | Rejection {
  const format = readFileFormat(request);
  if (typeof format !== 'string') return format;
  const reader = new ListReader<string>(request.query, namesOf(importQuery));
  const keepsEmpty = reader.choice('empty', ['absent', 'null']) === 'null';
  const webhookId = reader.uuid('webhook_id', 'Send the id of an incoming webhook.') ?? null;
  const asked = {
    reading: { format, keepsEmpty, ...readFileNotation(reader) },
    maps: reader.texts('map'),
    mapping: reader.mapping('mapping') ?? null,
    webhookId,
    type: reader.choice('type', webhookTypeNames) ?? null,
    importKey: reader.text('import_key') ?? null,
    isDryRun: reader.flag('dry_run'),
    part: {
      importId: reader.uuid('import_id', 'Send the import_id of the first part.') ?? null,
      rowsBefore: reader.wholeNumber('rows_before', 0, importRowsMax) ?? 0,
      linesBefore: reader.wholeNumber('lines_before', 0, linesMax) ?? 0,
    },
  };
  const importKey = asked.importKey === null ? null : readText(asked.importKey, importKeyCharsMax);
  if (reader.rejection !== null) return reader.rejection;
  if (!(importKey instanceof Invalid)) return { ...asked, importKey };
  return rejectFaults([{ field: 'import_key', code: importKey.code, detail: importKey.detail }]);
}

async function findWebhook(
  { store }: Api,
  request: FastifyRequest,
  { webhookId, type }: Asked,
): Promise<KeyedWebhook | Rejection> {
  const { accountId } = request.owner;
  const id = webhookId ?? (await ensureOwnWebhook(store, request, type ?? 'update_fields'));
  const webhook = await store.findOwnWebhook(accountId, id);
  if (webhook === null) return unknownWebhook();
  return rejectWebhook(type ?? webhook.type, webhook) ?? webhook;
}

/** The webhook with the mapping that this import reads by. */
async function withMapping(
  { store }: Api,
  request: FastifyRequest,
  webhook: KeyedWebhook,
  text: string | null,
): Promise<KeyedWebhook | Rejection> {
  if (text === null) return webhook;
  const mapping = await readFileMapping(store, request.owner.accountId, text, webhookTypes[webhook.type]);
  return 'code' in mapping ? mapping : { ...webhook, mapping };
}

/** Its key is never shown. */
async function ensureOwnWebhook(
  store: Api['store'],
  request: FastifyRequest,
  type: WebhookType,
): Promise<string> {
  const keyHash = hashSecret(makeSecret('rbk'));
  const settings = { ...ownWebhook, type };
  const { accountId } = request.owner;
  const webhook = await store.ensureWebhook(accountId, settings, keyHash, actorOf(request));
  return webhook.webhookId;
}
