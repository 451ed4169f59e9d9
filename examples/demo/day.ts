import { createHash } from 'node:crypto';

export type DayCall = {
  /** 1, 2, 3, … in the order of the day */
  number: number;
  callLogId: string;
  caller: string;
  trackingNumber: string;
  campaign: string;
  publisher: string;
  buyer: string;
  startedAt: Date;
  /** seconds until it was answered, or until the caller gave up */
  ringSeconds: number;
  talkSeconds: number;
  /** null: it is still live when the day ends */
  end: 'completed' | 'busy' | 'no-answer' | 'failed' | 'canceled' | null;
  /** what the buyer pays for a call that becomes a sale; null where none does */
  price: string | null;
  payout: string;
  mishap: Mishap;
};

/** What goes wrong around a call, beside what goes right. */
export type Mishap =
  | 'none'
  | 'repeated' // the lead system did not hear the answer and sends again
  | 'reused id' // a transaction id that another update has already
  | 'paid too early' // the CRM sets the payout while the call is live
  | 'currency sign'
  | 'typo'
  | 'macro' // the page's template did not replace its macro
  | 'stale id' // an id that no call has
  | 'old key'
  | 'preview' // somebody pastes the pixel into a chat
  | 'held' // and released later
  | 'disputed'; // the buyer pays less than the lead system said

const campaigns = [
  { campaign: 'Roof repair', trackingNumber: '+18885550110', buyer: 'Buyer East', price: 48, payout: 30 },
  { campaign: 'Solar quotes', trackingNumber: '+18885550120', buyer: 'Buyer West', price: 72.5, payout: 45 },
  {
    campaign: 'Car insurance',
    trackingNumber: '+18885550130',
    buyer: 'Buyer East',
    price: 19.75,
    payout: 12.5,
  },
] as const;
const publishers = ['Search ads', 'Radio spots', 'Partner site'] as const;
const areaCodes = ['212', '305', '312', '415', '512', '617'] as const;
const ends = ['no-answer', 'busy', 'canceled', 'failed', 'no-answer'] as const;
/** The first calls of the day show one mishap each; after them they are rare. */
const mishaps: Mishap[] = [
  'repeated',
  'held',
  'disputed',
  'paid too early',
  'currency sign',
  'typo',
  'macro',
  'stale id',
  'old key',
  'preview',
  'reused id',
];
const hourMs = 3_600_000;
const liveAtTheEnd = 4;

/** A day of ten hours that ends now. The same one at every run, but for its date. */
export function planDay(count: number, now: Date): DayCall[] {
  return Array.from({ length: count }, (_none, index) => planCall(index, count, now));
}

function planCall(index: number, count: number, now: Date): DayCall {
  const random = (name: string) => chance(`${index} ${name}`);
  const product = pick(campaigns, random('campaign'));
  const isLive = index >= count - liveAtTheEnd;
  const mishap = mishaps[index] ?? (random('mishap') < 0.15 ? pick(mishaps, random('which')) : 'none');
  const isAnswered = mishap !== 'none' || random('answered') < 0.8;
  const talkSeconds = isAnswered ? 40 + Math.floor(560 * random('talk') ** 2) : 0;
  // Who pays for a call wants it to last a while.
  const isSale = mishap !== 'none' || (talkSeconds > 90 && random('sale') < 0.7);
  const quality = 0.8 + 0.4 * random('quality');
  const dayMs = (10 * hourMs * index) / count;
  return {
    number: index + 1,
    callLogId: `CA${createHash('md5').update(`call ${index} of the demo`).digest('hex')}`,
    caller: `+1${pick(areaCodes, index / count)}5550${100 + (index % 100)}`,
    trackingNumber: product.trackingNumber,
    campaign: product.campaign,
    publisher: pick(publishers, random('publisher')),
    buyer: product.buyer,
    startedAt: new Date(
      isLive ? now.getTime() - 60_000 * (count - index) : now.getTime() - 10.5 * hourMs + dayMs,
    ),
    ringSeconds: 3 + Math.floor(25 * random('ring')),
    talkSeconds,
    end: isLive ? null : isAnswered ? 'completed' : pick(ends, random('end')),
    price: isSale ? (product.price * quality).toFixed(2) : null,
    payout: (product.payout * quality).toFixed(2),
    mishap: isLive ? 'none' : mishap,
  };
}

/** From 0 to below 1, always the same for the same name. */
function chance(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;
}

function pick<T>(choices: readonly [T, ...T[]] | readonly T[], at: number): T {
  const choice = choices[Math.floor(at * choices.length)];
  if (choice === undefined) throw new Error('there is nothing to pick from');
  return choice;
}
