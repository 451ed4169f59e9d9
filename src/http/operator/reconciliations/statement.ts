/** A partner's statement, read whole before it is compared: what it says of each call, in its order. */

import { statementLinesMax } from '../../../core/files/statement-columns.ts';
import { readMapped } from '../../../core/mapping/apply/apply-mapping.ts';
import type { Mapping } from '../../../core/mapping/mapping.ts';
import { readStatementAmount, type TheirAmount } from '../../../core/reports/reconcile.ts';
import { type Rejection, reject, rejectFaults } from '../../../core/updates/rejection.ts';
import { readCallLogId } from '../../../core/values/call-log-id.ts';
import { type Fault, Invalid } from '../../../core/values/fault.ts';
import { maskedPatternOf, readPhone } from '../../../core/values/phone/phone.ts';
import { readInstant } from '../../../core/values/time/instant.ts';
import type { FileFault } from '../../../files/file-fault.ts';
import type { FileRow, RowsFile } from '../../../files/rows-file.ts';
import type {
  Account,
  MaskedCandidate,
  MaskedLine,
  NumberedLine,
  StatementScope,
  Store,
} from '../../../store/store.ts';

/** Lines whose calls are looked up at once. */
const pendingLinesMax = 500;
/** Masked numbers whose calls are looked for: each looks at all calls of the period. */
const maskedLinesMax = 100;
const candidatesShownMax = 5;

export type Statement = {
  /** by call_log_id */
  amounts: Map<string, TheirAmount>;
  /** lines that name a number which made no such call */
  unmatched: UnmatchedLine[];
  rejected: RejectedLine[];
};

/** `callLogId`: the call that it names all the same */
export type RejectedLine = {
  line: number;
  callLogId: string | null;
  rejection: Rejection;
  /** calls that its masked number may refer to */
  candidates?: MaskedCandidate[];
};

type Line = { line: number; units: bigint; call: string | NumberedLine };
type UnmatchedLine = Line & { call: NumberedLine };

/** Reads a statement. A file that breaks off is of no use: half a statement would show half the calls as missing. */
export async function readStatement(
  store: Store,
  account: Account,
  scope: StatementScope,
  file: RowsFile,
  mapping: Mapping | null,
): Promise<Statement | FileFault> {
  const reader = new StatementReader(store, account, scope, file.isText, mapping);
  let lines = 0;
  for await (const row of file.rows) {
    if ('fault' in row) return row.fault;
    lines += 1;
    if (lines > statementLinesMax) {
      const detail = `A statement may have at most ${statementLinesMax} lines: split it, by weeks for example, and reconcile each part over its period.`;
      return { rejection: reject('body_too_large', detail), line: row.line };
    }
    await reader.add(row);
  }
  return reader.finish();
}

/** What a mapping may give a line, beside the amount by its field’s name. */
const statementNames = new Set(['call_log_id', 'phone_number', 'started_at', 'amount']);

class StatementReader {
  readonly #store: Store;
  readonly #account: Account;
  readonly #scope: StatementScope;
  readonly #mapping: Mapping | null;
  readonly #statement: Statement = { amounts: new Map(), unmatched: [], rejected: [] };
  /** a cell without an amount is 0: the partner owes nothing for the call */
  readonly #isEmptyZero: boolean;
  #pending: (Line | RejectedLine)[] = [];
  readonly #masked: (MaskedLine & { at: RejectedLine })[] = [];

  constructor(
    store: Store,
    account: Account,
    scope: StatementScope,
    isEmptyZero: boolean,
    mapping: Mapping | null,
  ) {
    this.#isEmptyZero = isEmptyZero;
    this.#mapping = mapping;
    this.#store = store;
    this.#account = account;
    this.#scope = scope;
  }

  async add(row: FileRow): Promise<void> {
    const read =
      'values' in row ? this.#readMapped(row.line, row.values) : rejectedLine(row.line, row.rejection);
    if (read === null) return;
    this.#pending.push(read);
    if (this.#pending.length === pendingLinesMax) await this.#match();
  }

  async finish(): Promise<Statement> {
    await this.#match();
    await this.#nameCandidates();
    this.#statement.rejected.sort((one, other) => one.line - other.line);
    return this.#statement;
  }

  /** Null for a line that the mapping is not about. */
  #readMapped(line: number, values: Record<string, unknown>): Line | RejectedLine | null {
    if (this.#mapping === null) return this.#read(line, values, []);
    const request = { body: values, form: null, query: [], headers: {} };
    const context = { ...this.#account, receivedAt: new Date().toISOString() };
    const readings = readMapped(this.#mapping, request, context);
    if (readings === null) return null;
    const mapped: Record<string, unknown> = {};
    const faults: Fault[] = [];
    for (const { row, result } of readings) {
      const name = statementNames.has(row.name) ? row.name : row.field;
      if (!statementNames.has(name) && name !== this.#scope.amount) continue;
      if (result.kind === 'value') mapped[name] = result.value;
      if (result.kind === 'fault')
        faults.push({ field: row.name, code: result.fault.code, detail: result.fault.detail });
    }
    return this.#read(line, mapped, faults);
  }

  #read(line: number, values: Record<string, unknown>, faults: Fault[]): Line | RejectedLine {
    const { timeZone, defaultCountry } = this.#account;
    const read = <T>(name: string, reader: (value: unknown) => T | Invalid): T | null => {
      const value = values[name];
      if (value === undefined || value === null || value === '') return null;
      const result = reader(value);
      if (!(result instanceof Invalid)) return result;
      faults.push({ field: name, code: result.code, detail: result.detail });
      return null;
    };
    const callLogId = read('call_log_id', readCallLogId);
    // The id decides; a number beside it may be masked.
    const phoneNumber =
      callLogId === null ? read('phone_number', (value) => readPhone(value, defaultCountry)) : null;
    const startedAt = read('started_at', (value) => readInstant(value, timeZone));
    const { amount } = this.#scope;
    const [named, own] = [read('amount', readStatementAmount), read(amount, readStatementAmount)];
    if (named !== null && own !== null && named !== own) {
      const detail = `The line has an "amount" and another "${amount}": leave one of the two out.`;
      faults.push({ field: 'amount', code: 'conflicting_field', detail });
    }
    const units = named ?? own ?? (this.#isEmptyZero ? 0n : null);
    if (faults.length > 0) {
      const rejected = rejectedLine(line, rejectFaults(faults), callLogId);
      const pattern = faults.length === 1 ? maskedPatternOf(values['phone_number']) : null;
      if (
        pattern !== null &&
        faults[0]?.code === 'masked_phone_number' &&
        this.#masked.length < maskedLinesMax
      )
        this.#masked.push({ pattern, startedAt, at: rejected });
      return rejected;
    }
    if (units === null)
      return rejectedLine(line, reject('invalid_value', 'The line has no amount.'), callLogId);
    if (callLogId !== null) return { line, units, call: callLogId };
    if (phoneNumber !== null) return { line, units, call: { phoneNumber, startedAt } };
    return rejectedLine(line, reject('call_not_identified', 'The line names no call: is it a total?'));
  }

  async #match(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    await this.#nameCalls(lines);
    const numbered = lines.filter(isNumbered);
    const calls =
      numbered.length === 0
        ? []
        : await this.#store.matchNumberedLines(
            this.#account.accountId,
            this.#scope,
            numbered.map(({ call }) => call),
          );
    const found = new Map(numbered.map((line, at) => [line, calls[at] ?? null]));
    for (const line of lines) {
      if (isNumbered(line)) this.#addNumbered(line, found.get(line) ?? null);
      else if ('rejection' in line) this.#statement.rejected.push(line);
      else if (typeof line.call === 'string') this.#addAmount(line.call, line);
    }
  }

  /** A line may name its call by one of the other ids, such as that of a leg, as a postback may. */
  async #nameCalls(lines: (Line | RejectedLine)[]): Promise<void> {
    const ids = lines.map(idOf).filter((id) => id !== null);
    if (ids.length === 0) return;
    const callIds = await this.#store.findOtherIds(this.#account.accountId, ids);
    for (const line of lines) {
      const callLogId = callIds.get(idOf(line) ?? '');
      if (callLogId === undefined) continue;
      if ('rejection' in line) line.callLogId = callLogId;
      else line.call = callLogId;
    }
  }

  #addNumbered(line: UnmatchedLine, call: { callLogId: string } | 'ambiguous' | null): void {
    if (call === 'ambiguous') this.#statement.rejected.push(rejectedLine(line.line, ambiguous(line.call)));
    else if (call === null) this.#statement.unmatched.push(line);
    else this.#addAmount(call.callLogId, line);
  }

  /** A masked number is never matched: the line names the calls that it may refer to. */
  async #nameCandidates(): Promise<void> {
    if (this.#masked.length === 0) return;
    const { accountId } = this.#account;
    const found = await this.#store.matchMaskedLines(accountId, this.#scope, this.#masked);
    for (const [index, { at }] of this.#masked.entries()) {
      const calls = found[index] ?? [];
      at.candidates = calls.slice(0, candidatesShownMax);
      const names = at.candidates.map(({ callLogId, startedAt }) => `${callLogId} (${startedAt})`).join(', ');
      const detail =
        names === ''
          ? 'Digits of this number are hidden, and no call of the period has a number like it.'
          : `Digits of this number are hidden: it may be of ${names}${calls.length > candidatesShownMax ? ' or others' : ''}. The statement must tell call_log_id.`;
      at.rejection = { ...at.rejection, detail };
    }
  }

  #addAmount(callLogId: string, { line, units }: Line): void {
    const { amounts } = this.#statement;
    const known = amounts.get(callLogId);
    if (known === undefined) {
      amounts.set(callLogId, { units, line, lines: 1 });
      return;
    }
    known.units += units;
    known.lines += 1;
  }
}

function isNumbered(line: Line | RejectedLine): line is UnmatchedLine {
  return !('rejection' in line) && typeof line.call !== 'string';
}

/** The id that a line names its call by. */
function idOf(line: Line | RejectedLine): string | null {
  if ('rejection' in line) return line.callLogId;
  return typeof line.call === 'string' ? line.call : null;
}

function rejectedLine(line: number, rejection: Rejection, callLogId: string | null = null): RejectedLine {
  return { line, callLogId, rejection };
}

function ambiguous({ phoneNumber, startedAt }: NumberedLine): Rejection {
  const detail =
    startedAt === null
      ? `Several calls of ${phoneNumber} are in the period: the statement must tell started_at or call_log_id.`
      : `Two calls of ${phoneNumber} are equally near to this start: the statement must tell call_log_id.`;
  return reject('ambiguous_call', detail);
}
