import { isJsonObject } from '../../core/values/json/json.ts';
import { table } from '../table.ts';

export type SentAnswer = { status: number; headers: Headers; text: string };

const shownCharsMax = 500;

const statusMeanings: ReadonlyMap<string, string> = new Map([
  ['applied', 'the call was changed'],
  ['unchanged', 'every value was already set'],
  ['queued', 'the call is still live; the update waits for its end'],
]);

/** An answer as a person reads it, and whether the postback was taken. */
export function describeAnswer(answer: SentAnswer): { lines: string[]; isTaken: boolean } {
  const { status, headers, text } = answer;
  const isTaken = status >= 200 && status < 300;
  const body = readJsonObject(answer);
  if (body !== null && 'batch_id' in body) return describeBatch(status, body);
  if (body !== null && !isTaken && 'code' in body) return { isTaken, lines: describeProblem(answer, body) };
  if (body !== null && isTaken && 'postback_id' in body) {
    return { isTaken, lines: describeOutcome(status, body) };
  }
  const outcome = headers.get('x-postback-status');
  if (outcome !== null) {
    const lines = [firstLine(status, outcome), ...facts([['postback', headers.get('x-postback-id')]])];
    return { isTaken, lines: [...lines, ...describeBody(answer)] };
  }
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    const advice = 'A sender may not follow: give it the URL that this one leads to.';
    return { isTaken, lines: [`${status} redirects to ${location}`, advice] };
  }
  const unknownAnswer = `${status}, but not the answer of an incoming webhook: is the URL right?`;
  return { isTaken: false, lines: text === '' ? [unknownAnswer] : [unknownAnswer, ...describeBody(answer)] };
}

function firstLine(status: number, outcome: string, meaning = statusMeanings.get(outcome)): string {
  return `${status} ${outcome}${meaning === undefined ? '' : ` (${meaning})`}`;
}

function describeOutcome(status: number, body: Record<string, unknown>): string[] {
  const { changes, ignored, candidates } = body;
  const matchedBy = show(body['matched_by']);
  const rows = Object.entries(isJsonObject(changes) ? changes : {}).map(([field, change]) =>
    isJsonObject(change) ? [field, show(change['from']), show(change['to'])] : [field, '', show(change)],
  );
  return [
    firstLine(status, show(body['status']), specialMeaning(body)),
    ...facts([
      ['call', show(body['call_log_id'])],
      ['matched by', candidates === 1 ? matchedBy : `${matchedBy}, one of ${show(candidates)} calls`],
      ['postback', show(body['postback_id'])],
      ['ignored', Array.isArray(ignored) && ignored.length > 0 ? ignored.map(show).join(', ') : null],
    ]),
    ...(rows.length === 0 ? [] : ['', ...table(['field', 'before', 'after'], rows)]),
  ];
}

function specialMeaning(body: Record<string, unknown>): string | undefined {
  if (body['duplicate'] === true) return 'a repeat: the first answer again, and nothing was done twice';
  return body['dry_run'] === true ? 'a dry run: nothing was changed, this is what would be' : undefined;
}

function describeBatch(status: number, body: Record<string, unknown>): { lines: string[]; isTaken: boolean } {
  const { summary } = body;
  const isTaken = status === 200 && isJsonObject(summary) && summary['rejected'] === 0;
  return { isTaken, lines: [String(status), JSON.stringify(body, null, 2)] };
}

function describeProblem({ status, headers }: SentAnswer, body: Record<string, unknown>): string[] {
  const { code: mainCode, errors, call_log_ids: calls } = body;
  const retryAfter = headers.get('retry-after');
  const faults = (Array.isArray(errors) ? errors : []).filter(isJsonObject);
  return [
    `${status} rejected: ${show(mainCode)}`,
    show(body['title'] ?? ''),
    ...(faults.length === 0 ? [show(body['detail'] ?? '')] : []),
    ...faults.map(
      ({ field, code, detail }) =>
        `  ${field === null ? '' : `${show(field)}: `}${show(detail)}${code === mainCode ? '' : ` (${show(code)})`}`,
    ),
    ...facts([
      ['calls', Array.isArray(calls) ? calls.map(show).join(', ') : null],
      ['postback', textIn(body, 'postback_id')],
      ['try again', retryAfter === null ? null : `in ${retryAfter} s`],
    ]),
  ];
}

function describeBody({ headers, text }: SentAnswer): string[] {
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (text === '') return facts([['body', 'none']]);
  if (!/^text\/|json|xml/.test(type))
    return facts([
      ['body', `${type || 'unknown type'}, ${headers.get('content-length') ?? text.length} bytes`],
    ]);
  return [text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text];
}

/** Lines of a name and a value; those without a value are left out. */
function facts(pairs: [string, string | null][]): string[] {
  return pairs.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)}${value}`]));
}

function show(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textIn(body: Record<string, unknown> | null, name: string): string | null {
  const value = body?.[name];
  return typeof value === 'string' ? value : null;
}

function readJsonObject({ headers, text }: SentAnswer): Record<string, unknown> | null {
  if (!/json/.test(headers.get('content-type') ?? '')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
