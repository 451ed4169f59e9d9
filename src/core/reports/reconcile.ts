/** A partner's statement against our records, call by call. Pure; amounts are exact. */
import { Invalid } from '../values/fault.ts';
import { textOf } from '../values/json/json.ts';
import { readMoney } from '../values/money/money.ts';
import { moneyOf, unitsOf } from '../values/money/money-units.ts';

export const reconciledAmounts = ['revenue_paid_out', 'publisher_paid_out'] as const;
export type ReconciledAmount = (typeof reconciledAmounts)[number];

export const itemKinds = ['equal', 'differs', 'missing_here', 'missing_there'] as const;
export type ItemKind = (typeof itemKinds)[number];

/** What a statement says of one call: the sum of its lines. */
export type TheirAmount = { units: bigint; line: number; lines: number };

/** What our records say of one call. */
export type OurAmount = {
  callLogId: string;
  /** instant */
  startedAt: string;
  /** canonical money; null where the call has no amount yet, which counts as 0 */
  amount: string | null;
  isHeld: boolean;
  /** started within the period */
  isInPeriod: boolean;
  /** booked on the partner whose statement it is */
  isPartners: boolean;
};

type ItemNote = 'several_lines' | 'outside_period' | 'other_partner';

export type ReconciledItem = {
  kind: ItemKind;
  /** of the statement; the first one that names the call */
  line: number | null;
  /** null where the statement names a number that we have no call of */
  callLogId: string | null;
  phoneNumber: string | null;
  startedAt: string | null;
  /** canonical money */
  theirs: string | null;
  ours: string | null;
  /** theirs less ours */
  difference: string;
  /** our amount is held: it stays on the call, but is not owed */
  isHeld: boolean;
  note: ItemNote | null;
};

/** Reads an amount of a statement: as everywhere, but a correction may be negative. */
export function readStatementAmount(value: unknown): bigint | Invalid {
  const text = textOf(value)?.trim() ?? '';
  const isNegative = text.startsWith('-');
  const money = readMoney(isNegative ? text.slice(1) : text);
  if (money instanceof Invalid) return money;
  return isNegative ? -unitsOf(money) : unitsOf(money);
}

/** A call that the statement names. A call of another partner is not one that this partner may bill. */
export function compareCall(callLogId: string, theirs: TheirAmount, ours: OurAmount | null): ReconciledItem {
  const isOurs = ours?.isPartners === true;
  const ourUnits = isOurs ? unitsOf(ours.amount ?? '0') : 0n;
  const difference = theirs.units - ourUnits;
  return {
    kind: isOurs ? (difference === 0n ? 'equal' : 'differs') : 'missing_here',
    line: theirs.line,
    callLogId,
    phoneNumber: null,
    startedAt: ours?.startedAt ?? null,
    theirs: moneyOf(theirs.units),
    ours: isOurs ? ours.amount : null,
    difference: moneyOf(difference),
    isHeld: isOurs && ours.isHeld,
    note: noteOf(theirs, ours),
  };
}

/** A line whose number made no call of ours. */
export function missingHere(
  phoneNumber: string,
  startedAt: string | null,
  units: bigint,
  line: number,
): ReconciledItem {
  const theirs = moneyOf(units);
  return {
    kind: 'missing_here',
    line,
    callLogId: null,
    phoneNumber,
    startedAt,
    theirs,
    ours: null,
    difference: theirs,
    isHeld: false,
    note: null,
  };
}

/** A call of ours that the statement does not name; null where there is nothing to pay for it. */
export function missingThere(ours: OurAmount): ReconciledItem | null {
  const units = unitsOf(ours.amount ?? '0');
  if (units === 0n) return null;
  return {
    kind: 'missing_there',
    line: null,
    callLogId: ours.callLogId,
    phoneNumber: null,
    startedAt: ours.startedAt,
    theirs: null,
    ours: ours.amount,
    difference: moneyOf(-units),
    isHeld: ours.isHeld,
    note: null,
  };
}

function noteOf(theirs: TheirAmount, ours: OurAmount | null): ItemNote | null {
  if (ours !== null && !ours.isPartners) return 'other_partner';
  if (ours !== null && !ours.isInPeriod) return 'outside_period';
  return theirs.lines > 1 ? 'several_lines' : null;
}

export type KindTotals = {
  count: number;
  /** sums, as canonical money */
  theirs: string;
  ours: string;
  difference: string;
  /** the part of ours that is held */
  held: string;
};

/** Counts and exact sums by kind. */
export class Totals {
  readonly #sums = new Map(
    itemKinds.map((kind) => [kind, { count: 0, theirs: 0n, ours: 0n, difference: 0n, held: 0n }]),
  );

  add({ kind, theirs, ours, difference, isHeld }: ReconciledItem): void {
    const sums = this.#sums.get(kind);
    if (sums === undefined) throw new Error(`there are no totals of ${kind}`);
    const ourUnits = unitsOf(ours ?? '0');
    sums.count += 1;
    sums.theirs += unitsOf(theirs ?? '0');
    sums.ours += ourUnits;
    sums.difference += unitsOf(difference);
    if (isHeld) sums.held += ourUnits;
  }

  toJson(): Record<ItemKind, KindTotals> {
    const totals = Array.from(this.#sums, ([kind, { count, ...sums }]) => {
      const money = Object.entries(sums).map(([name, units]) => [name, moneyOf(units)]);
      return [kind, { count, ...Object.fromEntries(money) }];
    });
    return Object.fromEntries(totals); // every kind, with every sum
  }
}
