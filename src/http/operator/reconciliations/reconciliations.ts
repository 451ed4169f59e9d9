/** `POST /reconciliations`: a partner's statement compared with our records over a period. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anyColumns, readMapping } from '../../../core/files/columns.ts';
import { mappedColumns } from '../../../core/files/mapped-columns.ts';
import { statementColumns, statementMappingType } from '../../../core/files/statement-columns.ts';
import { reconciledAmounts } from '../../../core/reports/reconcile.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { type FileReading, openRowsFile } from '../../../files/rows-file.ts';
import type { Account, StatementScope } from '../../../store/store.ts';
import { readFileMapping } from '../../files/file-mapping.ts';
import { readFileFormat, readFileNotation } from '../../files/file-request.ts';
import { fileBody } from '../../files/file-schemas.ts';
import { openBody, rejectFile, sendLines } from '../../files/request-body.ts';
import { AccountSlots } from '../../guards/account-slots.ts';
import { requirePermission } from '../access/access.ts';
import { definedOnly, ListReader } from '../list-reader.ts';
import { readPeriodEnd, readPeriodStart } from '../period.ts';
import { problem } from '../problem-schemas.ts';
import { type Api, accountOf, apiDocs, documentedOnly, type List, namesOf } from '../route.ts';
import { reconcileLines } from './reconciliation.ts';
import { reconciliationAnswer, reconciliationQuery } from './reconciliation-schemas.ts';
import { readStatement } from './statement.ts';

/** @param scope takes bodies as they arrive. @param stopping tells that the server stops */
export function registerReconciliationRoute(scope: FastifyInstance, api: Api, stopping: AbortSignal): void {
  const slots = new AccountSlots(reconciliationsMax);
  scope.post<List>(
    '/reconciliations',
    {
      schema: {
        ...apiDocs,
        tags: ['files'],
        summary: 'Compare a partner’s statement with our records',
        description:
          'A statement is CSV or NDJSON of at most 500,000 lines. Several lines for one call count by their sum. Nothing is changed.',
        querystring: reconciliationQuery,
        body: fileBody,
        response: { 200: reconciliationAnswer, '4xx': problem },
      },
      ...documentedOnly,
      ...requirePermission('read'), // nothing is changed
    },
    (request, reply) => reconcile(api, request, reply, stopping, slots),
  );
}

/** A statement is held in memory until its end, and each is compared with all calls of its period. */
const reconciliationsMax = 2;
const tooManyAtOnce = reject(
  'rate_limited',
  `${reconciliationsMax} reconciliations of this account are running: try again when one of them is done.`,
);

async function reconcile(
  api: Api,
  request: FastifyRequest<List>,
  reply: FastifyReply,
  stopping: AbortSignal,
  slots: AccountSlots,
): Promise<FastifyReply> {
  const body = openBody(request, reply, stopping);
  const account = await accountOf(api, request);
  if (!slots.hold(account.accountId, reply.raw)) return rejectFile(reply, tooManyAtOnce);
  const asked = readRequest(request, account);
  if ('code' in asked) return rejectFile(reply, asked);
  const { scope, reading, mapping: text } = asked;
  const type = statementMappingType(scope.amount);
  const mapping = text === null ? null : await readFileMapping(api.store, account.accountId, text, type);
  if (mapping !== null && 'code' in mapping) return rejectFile(reply, mapping);
  const own = statementColumns(scope.amount);
  const rules = mapping === null ? own : mappedColumns(mapping, own);
  const file = await openRowsFile(body, { ...reading, rules });
  const statement =
    'rejection' in file ? file : await readStatement(api.store, account, scope, file, mapping);
  if ('rejection' in file) return rejectFile(reply, file.rejection, file.line);
  if ('rejection' in statement) return rejectFile(reply, statement.rejection, statement.line);
  const lines = reconcileLines(api.store, statement, {
    accountId: account.accountId,
    scope,
    ignoredColumns: file.ignoredColumns,
    rejectionOf: (error) => api.rejectionOf(error, request.log),
  });
  return sendLines(reply, lines);
}

function readRequest(
  request: FastifyRequest<List>,
  { timeZone }: Account,
): { scope: StatementScope; reading: FileReading; mapping: string | null } | Rejection {
  const format = readFileFormat(request);
  if (typeof format !== 'string') return format;
  const reader = new ListReader<string>(request.query, namesOf(reconciliationQuery));
  const notation = readFileNotation(reader);
  const maps = reader.texts('map');
  const mappingText = reader.mapping('mapping') ?? null;
  const amount = reader.choice('amount', reconciledAmounts);
  const partner = definedOnly({
    publisher: reader.text('publisher'),
    buyer: reader.text('buyer'),
    campaign: reader.text('campaign'),
  });
  const [from, to] = [reader.text('from'), reader.text('to')];
  if (reader.rejection !== null) return reader.rejection;
  const faults: Fault[] = [];
  const start = checked('from', from === undefined ? sendDate : readPeriodStart(from, timeZone), faults);
  const end = checked('to', to === undefined ? sendDate : readPeriodEnd(to, timeZone), faults);
  if (amount === undefined) checked('amount', sendAmount, faults);
  if (faults.length === 0 && start >= end)
    checked('to', new Invalid('The period ends before it begins.'), faults);
  if (faults.length > 0 || amount === undefined) return rejectFaults(faults);
  const rules = mappingText === null ? statementColumns(amount) : anyColumns;
  const mapping = readMapping(maps, rules);
  if ('code' in mapping) return mapping;
  return {
    scope: { amount, from: start, to: end, partner },
    reading: {
      ...{ format, keepsEmpty: false, mapping, rules, csv: notation.csv },
      formats: { ...notation.formats, accountZone: timeZone },
    },
    mapping: mappingText,
  };
}

const sendDate = new Invalid('Send the first and the last day of the period, such as 2026-11-01.');
const sendAmount = new Invalid(`Send what the statement is about: ${reconciledAmounts.join(' or ')}.`);

/** The text that was read; what could not be read is a fault. */
function checked(field: string, value: string | Invalid, faults: Fault[]): string {
  if (!(value instanceof Invalid)) return value;
  faults.push({ field, code: value.code, detail: value.detail });
  return '';
}
