/** The calls and postbacks that a new account can load to look around: the same ones each time, but for their dates. */

/** A call, and what its buyer posts back about it. */
export type SampleCall = {
  callLogId: string;
  event: Record<string, string | number>;
  /** null: nothing is posted back about it */
  postback: Record<string, unknown> | null;
};

const products = [
  { campaign: 'Roof repair', tracking_number: '+18885550110', buyer: 'Acme Roofing', revenue: 4_800 },
  { campaign: 'Solar quotes', tracking_number: '+18885550120', buyer: 'Sunrise Solar', revenue: 7_250 },
  { campaign: 'Car insurance', tracking_number: '+18885550130', buyer: 'Acme Roofing', revenue: 1_975 },
] as const;
const publishers = ['Search ads', 'Radio spots', 'Partner site'] as const;
const holdReasons = ['Condition not met', 'Caps exceeded', 'Campaign preconversion'] as const;

const callsADay = 6;
const days = 14;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** All but the last call are completed; the last is live, so that its update is queued. @param prefix of their ids */
export function planSampleCalls(prefix: string, nowMs: number): SampleCall[] {
  const count = callsADay * days;
  return Array.from({ length: count }, (_none, index) =>
    planCall(`${prefix}${String(index + 1).padStart(3, '0')}`, index, index === count - 1, nowMs),
  );
}

function planCall(callLogId: string, index: number, isLive: boolean, nowMs: number): SampleCall {
  const product = pick(products, index * 7);
  const seconds = 20 + ((index * 137) % 480);
  const startMs = isLive ? nowMs - 2 * minuteMs : startOf(index, nowMs);
  const event = {
    state: isLive ? 'live' : 'completed',
    phone_number: `+1213555${String(100 + index).padStart(4, '0')}`,
    tracking_number: product.tracking_number,
    campaign: product.campaign,
    publisher: pick(publishers, index * 5 + Math.floor(index / 4)),
    buyer: product.buyer,
    started_at: new Date(startMs).toISOString(),
    ...(!isLive && {
      ended_at: new Date(startMs + seconds * 1_000).toISOString(),
      duration_seconds: seconds,
    }),
  };
  return { callLogId, event, postback: planPostback(callLogId, index, isLive, seconds, product.revenue) };
}

/** The days before today have a few calls each; none starts in the last half hour. */
function startOf(index: number, nowMs: number): number {
  const daysAgo = days - 1 - Math.floor(index / callsADay);
  const minutes = 30 + (callsADay - 1 - (index % callsADay)) * 95 + ((index * 29) % 60);
  return nowMs - daysAgo * dayMs - minutes * minuteMs;
}

/** A buyer posts back about calls of a minute or more, and pays for most of them. */
function planPostback(
  callLogId: string,
  index: number,
  isLive: boolean,
  seconds: number,
  cents: number,
): SampleCall['postback'] {
  const transaction = { call_log_id: callLogId, transaction_id: `${callLogId}-sold` };
  if (isLive) return { ...transaction, reason: 'Transferred', add: { stage: 'quote' } };
  if (seconds < 60) return null;
  if (index % 5 === 3) return { ...transaction, converted: false, reason: 'No sale' };
  const revenueCents = cents + ((index * 83) % 900);
  return {
    ...transaction,
    converted: true,
    revenue_paid_out: toMoney(revenueCents),
    publisher_paid_out: toMoney(Math.floor(revenueCents * 0.6)),
    ...(index % 11 === 4 && { no_payout_reason: pick(holdReasons, index) }),
    add: { policy: `P-${1_000 + index}` },
  };
}

function toMoney(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

function pick<const Choices extends readonly [unknown, ...unknown[]]>(
  choices: Choices,
  at: number,
): Choices[number] {
  return choices[at % choices.length] ?? choices[0];
}
