/**
 * A lead system reports a sale: one POST of JSON, repeated until it is known to have arrived.
 *
 *   node examples/lead-system-post.ts URL CALL_LOG_ID LEAD_ID REVENUE
 *
 * URL is that of an incoming webhook of type update_fields, with its key. LEAD_ID is the lead system's own number:
 * as transaction_id it makes repeats harmless, so this may be run again and again for the same lead.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const triesMax = 5;
const tryTimeoutMs = 10_000;
/** Where the server does not say how long to wait: 1, 2, 4, 8 seconds. */
const firstPauseSeconds = 1;
const pauseSecondsMax = 60;

const [url, callLogId, leadId, revenue] = process.argv.slice(2);
if (!url || !callLogId || !leadId || !revenue) {
  console.error('Usage: node examples/lead-system-post.ts URL CALL_LOG_ID LEAD_ID REVENUE');
  process.exit(2);
}

const lead = {
  call_log_id: callLogId,
  transaction_id: `lead-${leadId}`,
  converted: true,
  revenue_paid_out: revenue, // as text: money never passes through a binary float
  add: { lead_id: leadId },
};

process.exitCode = (await postUntilAnswered(url, lead)) ? 0 : 1;

async function postUntilAnswered(target: string, update: object): Promise<boolean> {
  for (let tried = 1; ; tried++) {
    const response = await post(target, update);
    const answer = await response?.text().catch(() => '');
    // 4xx is final: the same request would be rejected again. Without an answer, or with 429 or 5xx, it is repeated.
    if (response && response.status !== 429 && response.status < 500) {
      console.log(`${response.status} ${answer}`);
      return response.ok;
    }
    const said = response ? `${response.status} ${answer}` : 'no answer';
    if (tried === triesMax) {
      console.error(`Gave up after ${tried} tries: ${said}`);
      return false;
    }
    const pauseSeconds = readRetryAfter(response) ?? firstPauseSeconds * 2 ** (tried - 1);
    console.error(`${said}\nTrying again in ${pauseSeconds} s …`);
    await sleep(pauseSeconds * 1_000);
  }
}

/** Undefined where no answer came: whether the lead arrived is then unknown, and a repeat finds out. */
async function post(target: string, update: object): Promise<Response | undefined> {
  try {
    return await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(update),
      signal: AbortSignal.timeout(tryTimeoutMs),
    });
  } catch {
    return undefined;
  }
}

function readRetryAfter(response: Response | undefined): number | undefined {
  const header = response?.headers.get('retry-after') ?? '';
  return /^\d+$/.test(header) ? Math.min(Number(header), pauseSecondsMax) : undefined;
}
