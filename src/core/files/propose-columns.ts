/**
 * What the columns of a file probably are, from their names and cells. These are proposals for a person to confirm:
 * an import reads nothing by them.
 */
import { hasDecimalComma } from './cell-formats.ts';

export type ProposedColumn = {
  name: string;
  /** up to three different cells that are not empty */
  samples: string[];
  /** the field that its name means, or null */
  field: string | null;
  looks: 'money' | 'time' | 'other';
  /** all different cells, if they are few words; else empty */
  words: string[];
};

const samplesMax = 3;
const wordsMax = 12;
const wordCharsMax = 60;

/** Names that platforms, spreadsheets and people use, without spaces, signs and upper case. */
const namesByField: Readonly<Record<string, readonly string[]>> = {
  call_log_id: [
    ...['calllogid', 'callid', 'inboundcallid', 'callsid', 'calluuid', 'calluniqueid', 'uniquecallid'],
    'calllog',
  ],
  phone_number: [
    ...['phonenumber', 'phone', 'callerid', 'caller', 'callernumber', 'callerphone', 'callerphonenumber'],
    ...['ani', 'cli', 'customerphone', 'customerphonenumber', 'fromnumber'],
  ],
  started_at: [
    ...['startedat', 'calldate', 'calltime', 'calldatetime', 'calldt', 'callstart', 'callstarttime'],
    ...['starttime', 'startdate', 'datetime', 'date', 'calltimestamp', 'started', 'start', 'timestamp'],
  ],
  ended_at: ['endedat', 'ended', 'callend', 'callendtime', 'endtime'],
  duration_seconds: [
    ...['durationseconds', 'duration', 'callduration', 'calldurationseconds', 'durationsec', 'calllength'],
    ...['length', 'totalduration'],
  ],
  connected_seconds: [
    ...['connectedseconds', 'connectedduration', 'talktime', 'talktimeseconds', 'conversationtime'],
    ...['billsec', 'billableseconds'],
  ],
  tracking_number: ['trackingnumber', 'dialednumber', 'callednumber', 'tonumber', 'dnis', 'did'],
  campaign: ['campaign', 'campaignname'],
  publisher: ['publisher', 'publishername', 'affiliate', 'affiliatename'],
  buyer: ['buyer', 'buyername', 'target', 'targetname'],
  revenue_paid_out: ['revenuepaidout', 'revenue', 'buyerpayout', 'totalrevenue', 'callrevenue'],
  publisher_paid_out: [
    ...['publisherpaidout', 'payout', 'payouts', 'publisherpayout', 'payoutamount', 'affiliatepayout'],
    'totalpayout',
  ],
  amount: ['amount', 'total', 'price', 'commission', 'sum'],
  converted: ['converted', 'isconverted', 'conversion', 'sale', 'sold'],
  call_converted_at: ['callconvertedat', 'convertedat', 'conversiondate', 'conversiontime'],
  reason: ['reason', 'disposition'],
  no_payout_reason: ['nopayoutreason'],
  transaction_id: ['transactionid', 'orderid', 'conversionid'],
};

const fieldsByName = new Map(
  Object.entries(namesByField).flatMap(([field, names]) => names.map((name) => [name, field] as const)),
);

const plainAmount = /^-?\d{1,9}\.\d{1,4}$/;
const writtenAmount =
  /^(?=.*[$€£¥₹().,]|.*\b[A-Z]{3}\b)[-(]?\s?(?:(?:[A-Z]{1,2})?[$€£¥₹]|[A-Z]{3})?\s?-?\d{1,3}(?:[.,\u00a0 ]?\d{3})*(?:[.,]\d{1,4})?\s?(?:[$€£¥₹]|[A-Z]{3})?\)?-?$/;
const plainNumber = /^-?\d{1,9}$/;
const dayMonth = /^(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)/;
const isoDate = /^\d{4}-\d\d-\d\d/;

/** @param rows cells of the first rows behind the header */
export function proposeColumns(header: readonly string[], rows: readonly string[][]): ProposedColumn[] {
  const taken = new Set<string>();
  return header.map((name, at) => {
    const cells = rows.map((row) => row[at]?.trim() ?? '').filter((cell) => cell !== '');
    const different = [...new Set(cells)];
    const meant = fieldsByName.get(name.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? null;
    const field = meant === null || taken.has(meant) ? null : meant;
    if (field !== null) taken.add(field);
    const isFew = different.length <= wordsMax && different.every((cell) => cell.length <= wordCharsMax);
    return {
      ...{ name, field, samples: different.slice(0, samplesMax) },
      looks: looksOf(cells),
      words: isFew ? different : [],
    };
  });
}

/** What nearly all cells of a column are. */
function looksOf(cells: string[]): ProposedColumn['looks'] {
  const share = (is: (cell: string) => boolean) => cells.filter(is).length >= cells.length * 0.8;
  if (cells.length === 0) return 'other';
  if (share((cell) => dayMonth.test(cell) || isoDate.test(cell))) return 'time';
  const isAmount = (cell: string) => plainAmount.test(cell) || writtenAmount.test(cell);
  return cells.some(isAmount) && share((cell) => isAmount(cell) || plainNumber.test(cell))
    ? 'money'
    : 'other';
}

export type ProposedNotation = {
  amounts: 'point' | 'comma' | null;
  dates: 'us' | 'eu' | null;
  /** a date whose day and month may be either, while no other date of the file tells the order */
  ambiguousDate: string | null;
};

/** How amounts and dates are written. Null where the cells do not tell, or tell both. */
export function proposeNotation(
  columns: readonly ProposedColumn[],
  rows: readonly string[][],
): ProposedNotation {
  const cellsOf = (looks: ProposedColumn['looks']) =>
    columns.flatMap((column, at) =>
      column.looks === looks ? rows.map((row) => row[at]?.trim() ?? '').filter((cell) => cell !== '') : [],
    );
  const amounts = cellsOf('money');
  const isComma = amounts.some(hasDecimalComma);
  const isPoint = amounts.some(
    (cell) => /\d\.\d{1,2}(?!\d)/.test(cell) || /^\D*\d{1,3},\d{3}\D*$/.test(cell),
  );
  const dates = cellsOf('time')
    .map((cell) => dayMonth.exec(cell))
    .filter((match) => match !== null);
  const isEu = dates.some(([, first]) => Number(first) > 12);
  const isUs = dates.some(([, , second]) => Number(second) > 12);
  return {
    amounts: isComma === isPoint ? null : isComma ? 'comma' : 'point',
    dates: isEu === isUs ? null : isEu ? 'eu' : 'us',
    ambiguousDate: isEu === isUs ? (dates[0]?.[0] ?? null) : null,
  };
}

type Line = { line: number; cells: readonly string[] };

/** The line that has the names of the columns: the first full one that has no amount, number or date. */
export function proposeHeaderLine(lines: readonly Line[]): number | null {
  const filled = ({ cells }: Line) => cells.filter((cell) => cell.trim() !== '').length;
  const most = Math.max(0, ...lines.map(filled));
  const isName = (cell: string) => {
    const text = cell.trim();
    return (
      !plainNumber.test(text) && !writtenAmount.test(text) && !dayMonth.test(text) && !isoDate.test(text)
    );
  };
  const found = lines.find((line) => filled(line) >= most * 0.7 && line.cells.every(isName));
  return found?.line ?? lines[0]?.line ?? null;
}
