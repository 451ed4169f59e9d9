/**
 * Which field a sender means by a name. A name in another case or with other separators has one reading and is accepted
 * (`callLogId`); a misspelling (`revenue_payed_out`) is rejected with the name that was probably meant, so that no money
 * is lost quietly; everything else is a parameter of another system.
 */
import type { WebhookTypeRow } from './webhook-type.ts';

const controlNames = ['call_log_id', 'phone_number', 'transaction_id', 'dry_run', 'return'];
const tagNames = ['add', 'remove'];
/** Where the key of a webhook is; neither a field nor worth listing as ignored. */
const keyNames = new Set(['authkey', 'mojaauthkey']);

/** Names of telephony systems and form tools that are near to a name of ours but mean something else. */
const foreignNames = new Set([
  ...['calllegid', 'calllog', 'phonenumberid', 'homenumber', 'transaction', 'remote', 'returned'],
  ...[
    'connected',
    'covered',
    'inverted',
    'publisherid',
    'startdate',
    'enddate',
    'leadstatus',
    'calltagid',
    'answered',
    'started',
    'answerdate',
  ],
]);

/** Names that say in other words what a field says. Money or a conversion under such a name must not be lost. */
const otherWords: Readonly<Record<string, string>> = {
  publisherpayout: 'publisher_paid_out',
  publisherpaid: 'publisher_paid_out',
  publisherpayedout: 'publisher_paid_out',
  revenuepayout: 'revenue_paid_out',
  revenuepaid: 'revenue_paid_out',
  revenuepayedout: 'revenue_paid_out',
  convertedat: 'call_converted_at',
  convertedon: 'call_converted_at',
  convertedtime: 'call_converted_at',
  converteddate: 'call_converted_at',
  callconverted: 'converted',
  isconverted: 'converted',
  hasconverted: 'converted',
  wasconverted: 'converted',
  payoutreason: 'no_payout_reason',
  nopayreason: 'no_payout_reason',
  nopayout: 'no_payout_reason',
  addtag: 'add',
  addtags: 'add',
  adds: 'add',
  removetag: 'remove',
  removetags: 'remove',
  dry: 'dry_run',
};

/** So much our own that a longer name with one of them in it (`total_revenue_paid_out`) was made for Ringback. */
const distinctiveNames: ReadonlyMap<string, string> = new Map([
  ['revenuepaidout', 'revenue_paid_out'],
  ['publisherpaidout', 'publisher_paid_out'],
  ['callconvertedat', 'call_converted_at'],
  ['nopayoutreason', 'no_payout_reason'],
  ['dryrun', 'dry_run'],
]);

/** The field, tag list or control that a name means, or the name that it was probably meant to be. */
type Meaning = { known: string | undefined; meant: string | undefined; isKey: boolean };

type KnownNames = {
  /** by our own spelling and by the plain one */
  names: ReadonlyMap<string, string>;
  /** Names of other systems and misspellings: senders append the same ones to every request. */
  others: Map<string, Meaning>;
};

/** Beyond it, the oldest is forgotten. */
const othersMax = 1_000;
const nameCharsMax = 40;

const knownByType = new WeakMap<WebhookTypeRow, { top: KnownNames; inFields: KnownNames }>();

/** The field, tag list or control that a name means; undefined for a name that means none. */
export function knownName(name: string, isInFields: boolean, type: WebhookTypeRow): string | undefined {
  const { names, others } = knownNamesOf(isInFields, type);
  return names.get(name) ?? meaningOf(name, names, others).known;
}

/** What a name means that `knownName` does not know. */
export function otherName(name: string, isInFields: boolean, type: WebhookTypeRow): Meaning {
  const { names, others } = knownNamesOf(isInFields, type);
  return meaningOf(name, names, others);
}

/** The known name that a misspelling was probably meant to be. */
export function meantName(name: string, isInFields: boolean, type: WebhookTypeRow): string | undefined {
  return otherName(name, isInFields, type).meant;
}

/** True for the name under which a request presents its key, in any spelling. */
export function isKeyName(name: string): boolean {
  return name === 'auth_key' || (/key\W*$/i.test(name) && keyNames.has(plainName(name)));
}

/** The one of these plain names that a longer or misspelt name was probably meant to be. */
export function nearestName(name: string, plainNames: readonly string[]): string | undefined {
  const plain = plainName(name);
  return plainNames.find((candidate) => plain.includes(candidate) || isMisspelt(plain, candidate));
}

/** True for a misspelling of `fields`. */
export function isNearlyFields(name: string): boolean {
  return isMisspelt(plainName(name), 'fields');
}

function meaningOf(name: string, names: ReadonlyMap<string, string>, others: Map<string, Meaning>): Meaning {
  const before = others.get(name);
  if (before !== undefined) return before;
  const plain = plainName(name);
  const known = names.get(plain);
  const isKey = keyNames.has(plain);
  const meant = known === undefined && !isKey ? findMeant(plain, names) : undefined;
  const meaning = { known, meant, isKey };
  if (name.length <= nameCharsMax) {
    if (others.size >= othersMax) others.delete(others.keys().next().value ?? '');
    others.set(name, meaning);
  }
  return meaning;
}

function findMeant(plain: string, names: ReadonlyMap<string, string>): string | undefined {
  if (plain.length > nameCharsMax || foreignNames.has(plain)) return undefined;
  const other = Object.hasOwn(otherWords, plain) ? otherWords[plain] : undefined;
  if (other !== undefined && names.has(other)) return other;
  for (const [part, field] of distinctiveNames) {
    if (plain.includes(part) && names.has(field)) return field;
  }
  for (const candidate of names.keys()) {
    if (!candidate.includes('_') && isMisspelt(plain, candidate)) return names.get(candidate);
  }
  return undefined;
}

/** The money or the hold that a member of an object of the sender's names, as in `{"data":{"revenue_paid_out":5}}`. */
export function findDistinctive(members: readonly string[], type: WebhookTypeRow): string | undefined {
  const { names } = knownNamesOf(true, type);
  const field = members
    .map((name) => distinctiveNames.get(plainName(name)))
    .find((found) => found !== undefined);
  return field !== undefined && names.has(field) ? field : undefined;
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

function knownNamesOf(isInFields: boolean, type: WebhookTypeRow): KnownNames {
  const before = knownByType.get(type);
  if (before !== undefined) return isInFields ? before.inFields : before.top;
  const fields: [string, string][] = [...type.fields, ...(type.hasTags ? tagNames.map(twice) : [])];
  // Some tools write `fields[converted]` as `fields_converted` or `fields:converted`.
  const flattened = fields.map(([name, field]): [string, string] => [`fields${plainName(name)}`, field]);
  const top = type.controls
    ? [...type.controls, twice('add')]
    : [...fields, ...flattened, ...controlNames.map(twice)];
  knownByType.set(type, {
    inFields: { names: withPlainNames(fields), others: new Map() },
    top: { names: withPlainNames(top), others: new Map() },
  });
  return knownNamesOf(isInFields, type);
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

/** One slip in a short name, two in a long one. A short name with another first letter is another word: season, reason. */
function isMisspelt(name: string, known: string): boolean {
  const slipsMax = known.length < 6 ? 0 : known.length < 9 ? 1 : 2;
  if (slipsMax === 0 || Math.abs(name.length - known.length) > slipsMax) return false;
  if (slipsMax === 1 && name.length === known.length && name[0] !== known[0] && name[0] !== known[1])
    return false;
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
