/**
 * Which field a sender means by a name. A name in another case or with other separators has one reading and is accepted
 * (`callLogId`); a misspelling (`revenue_payed_out`) is rejected with the name that was probably meant, so that no money
 * is lost quietly; everything else is a parameter of another system.
 */
import type { WebhookTypeRow } from './webhook-type.ts';

const controlNames = ['call_log_id', 'phone_number', 'transaction_id', 'dry_run', 'return'];
const tagNames = ['add', 'remove'];

/** Names of telephony systems and form tools that are near to a field but mean something else. */
const foreignNames = new Set(['calllegid', 'calllog', 'phonenumberid', 'transaction', 'remote', 'returned']);

/** Names that say in other words what a field says. Money or a conversion under such a name must not be lost. */
const otherWords: Readonly<Record<string, string>> = {
  publisherpayout: 'publisher_paid_out',
  publisherpaid: 'publisher_paid_out',
  publisherpayedout: 'publisher_paid_out',
  revenuepayout: 'revenue_paid_out',
  revenuepaid: 'revenue_paid_out',
  revenuepayedout: 'revenue_paid_out',
  convertedat: 'call_converted_at',
  callconverted: 'converted',
  payoutreason: 'no_payout_reason',
};

type KnownNames = {
  top: ReadonlyMap<string, string>;
  inFields: ReadonlyMap<string, string>;
  /** names that mean none of ours: senders append the same ones to every request */
  foreign: Set<string>;
};

const foreignMax = 1_000;

const knownByType = new WeakMap<WebhookTypeRow, KnownNames>();

/** The field, tag list or control that a name means; undefined for a name that means none. */
export function knownName(name: string, isInFields: boolean, type: WebhookTypeRow): string | undefined {
  const { top, inFields, foreign } = knownNamesOf(type);
  const names = isInFields ? inFields : top;
  return names.get(name) ?? (foreign.has(name) ? undefined : names.get(plainName(name)));
}

/** The known name that a misspelling was probably meant to be. */
export function meantName(name: string, isInFields: boolean, type: WebhookTypeRow): string | undefined {
  const { foreign } = knownNamesOf(type);
  if (foreign.has(name)) return undefined;
  const meant = findMeant(plainName(name), isInFields, type);
  if (meant === undefined && !isInFields && name.length <= 40 && foreign.size < foreignMax) foreign.add(name);
  return meant;
}

function findMeant(plain: string, isInFields: boolean, type: WebhookTypeRow): string | undefined {
  if (plain.length < 4 || plain.length > 40 || foreignNames.has(plain)) return undefined;
  const { top, inFields } = knownNamesOf(type);
  const known = isInFields ? inFields : top;
  const other = Object.hasOwn(otherWords, plain) ? otherWords[plain] : undefined;
  if (other !== undefined && known.has(other)) return other;
  for (const candidate of known.keys()) {
    if (!candidate.includes('_') && isMisspelt(plain, candidate)) return known.get(candidate);
  }
  return undefined;
}

/** True for a name that is probably an amount of money. */
export function looksLikeMoney(name: string): boolean {
  return /amount|payout|paid|payed|revenue|price|profit|commission|earning|bounty|sale_?(?:value|total)|^(?:value|total|cost|sum|rate)$/i.test(
    name,
  );
}

/** All names that a type accepts as fields, as a sender writes them. */
export function fieldNamesOf(type: WebhookTypeRow): string[] {
  return [...type.fields.keys(), ...(type.hasTags ? tagNames : [])];
}

function knownNamesOf(type: WebhookTypeRow): KnownNames {
  const before = knownByType.get(type);
  if (before !== undefined) return before;
  const fields: [string, string][] = [...type.fields, ...(type.hasTags ? tagNames.map(twice) : [])];
  const names: KnownNames = {
    foreign: new Set(),
    inFields: withPlainNames(fields),
    top: withPlainNames(
      type.controls ? [...type.controls, twice('add')] : [...fields, ...controlNames.map(twice)],
    ),
  };
  knownByType.set(type, names);
  return names;
}

function twice(name: string): [string, string] {
  return [name, name];
}

function withPlainNames(names: [string, string][]): Map<string, string> {
  return new Map([...names, ...names.map(([name, field]): [string, string] => [plainName(name), field])]);
}

/** Letters and digits alone, in lower case. */
export function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** One slip in a short name, two in a long one; the first letter is hardly ever wrong. */
function isMisspelt(name: string, known: string): boolean {
  const slipsMax = known.length < 6 ? 0 : known.length < 9 ? 1 : 2;
  if (slipsMax === 0 || name[0] !== known[0] || Math.abs(name.length - known.length) > slipsMax) return false;
  return editDistance(name, known) <= slipsMax;
}

/** How many letters are missing, added, replaced or swapped with their neighbor. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_one, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped && !isSame ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
