import type { DayCall } from './day.ts';
import type { Senders } from './senders.ts';
import type { Twilio } from './twilio.ts';

/** How many calls are on the line at the same time. */
const linesAtOnce = 8;

export async function playDay(day: DayCall[], twilio: Twilio, senders: Senders): Promise<void> {
  const waiting = day.values(); // shared: each line takes the next call
  const lines = Array.from({ length: linesAtOnce }, async () => {
    for (const call of waiting) await playCall(call, twilio, senders);
  });
  await Promise.all(lines);
}

async function playCall(call: DayCall, twilio: Twilio, senders: Senders): Promise<void> {
  const { startedAt, ringSeconds, talkSeconds, end } = call;
  const answeredAt = after(startedAt, ringSeconds);
  await twilio.report(call, 'initiated', startedAt);
  await twilio.report(call, 'ringing', after(startedAt, 1));
  if (talkSeconds > 0) {
    await twilio.report(call, 'in-progress', answeredAt);
    await postWhileLive(call, senders);
  }
  if (end === null) return;
  const endedAt = after(answeredAt, talkSeconds);
  await twilio.report(call, end, endedAt, { CallDuration: String(talkSeconds) });
  if (talkSeconds > 0) await postAfterTheEnd(call, senders, endedAt);
}

async function postWhileLive(call: DayCall, senders: Senders): Promise<void> {
  const { caller, callLogId, number, mishap, price, payout } = call;
  if (price === null) return;
  const page = { converted: 'true', add: 'page:thank-you', utm_source: 'newsletter' };
  if (mishap === 'macro') await senders.firePixel({ ...page, call_log_id: '{call_id}' });
  if (mishap === 'preview')
    await senders.firePixel({ ...page, phone_number: caller }, 'Slackbot-LinkExpanding 1.0');
  if (number % 3 === 0) await senders.firePixel({ ...page, phone_number: caller });
  if (isLeadEarly(call)) await postLead(call, senders, new Date());
  if (mishap === 'paid too early') {
    await senders.postFromCrm({
      call_log_id: callLogId,
      transaction_id: `payout-${number}`,
      publisher_paid_out: payout,
    });
  }
}

async function postAfterTheEnd(call: DayCall, senders: Senders, endedAt: Date): Promise<void> {
  const { callLogId, number, mishap, price, payout, talkSeconds } = call;
  if (price !== null && !isLeadEarly(call)) await postLead(call, senders, endedAt);
  const payment = { call_log_id: callLogId, transaction_id: `payout-${number}`, publisher_paid_out: payout };
  if (price === null && talkSeconds < 60) return;
  if (price === null) {
    const reason = `${talkSeconds} seconds, and no sale`;
    await senders.postFromCrm({ ...payment, no_payout_reason: 'Condition not met', reason });
  } else if (mishap === 'held') {
    await senders.postFromCrm({
      ...payment,
      no_payout_reason: 'Condition not met',
      reason: 'Consent is missing',
    });
    await senders.postFromCrm({
      call_log_id: callLogId,
      no_payout_reason: null,
      reason: 'Consent came by mail',
    });
  } else if (number % 14 === 0) {
    await senders.postFromCrm({ ...payment, no_payout_reason: 'caps_exceeded' });
  } else {
    await senders.postFromCrm(payment);
  }
  if (mishap === 'disputed') {
    const dispute = { call_log_id: callLogId, transaction_id: `dispute-${number}` };
    await senders.postRevenue({ ...dispute, revenue: (Number(price) * 0.6).toFixed(2) });
    const lower = (Number(payout) * 0.6).toFixed(2);
    await senders.postFromCrm({
      ...dispute,
      publisher_paid_out: lower,
      reason: 'The buyer disputed the sale',
    });
  }
}

/** The lead, with what goes wrong before and after it. */
async function postLead(call: DayCall, senders: Senders, soldAt: Date): Promise<void> {
  const { callLogId, number, mishap, price } = call;
  const lead = {
    call_log_id: callLogId,
    transaction_id: `lead-${number}`,
    converted: true,
    call_converted_at: soldAt.toISOString(),
    revenue_paid_out: price,
    add: { lead_id: String(number), grade: number % 2 === 0 ? 'A' : 'B' },
  };
  if (mishap === 'currency sign') await senders.postLead({ ...lead, revenue_paid_out: `$${price}` });
  if (mishap === 'typo') await senders.postLead({ ...lead, fields: { revenue_payed_out: price } });
  if (mishap === 'stale id') await senders.postLead({ ...lead, call_log_id: `CA-old-${number}` });
  if (mishap === 'old key') await senders.postLead(lead, 'rbk_of_a_webhook_that_was_deleted');
  await senders.postLead(lead);
  if (mishap === 'repeated') await senders.postLead(lead);
  if (mishap === 'reused id') await senders.postLead({ ...lead, add: { grade: 'C' } });
}

/** Some leads are posted while their caller still talks. */
function isLeadEarly({ number }: DayCall): boolean {
  return number % 2 === 1;
}

function after(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1_000);
}
