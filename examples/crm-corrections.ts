/**
 * A CRM sets calls right after the fact: payouts, and holds set or released.
 *
 *   node examples/crm-corrections.ts URL [FILE]
 *
 * URL is that of an incoming webhook of type update_fields, with its key. FILE holds a JSON list of corrections, as
 * crm-corrections.json does: `id` is the CRM's own number of the correction, the rest is the update. A correction
 * that was sent before is not applied again, so a run that broke off may simply be repeated.
 */
import { readFile } from 'node:fs/promises';

type Correction = { id: string; call_log_id: string } & Record<string, unknown>;
type Answer = {
  status: string;
  duplicate?: boolean;
  changes?: Record<string, { from: unknown; to: unknown }>;
  code?: string;
  detail?: string;
};

const timeoutMs = 10_000;

const [url, file = new URL('crm-corrections.json', import.meta.url)] = process.argv.slice(2);
if (!url) {
  console.error('Usage: node examples/crm-corrections.ts URL [FILE]');
  process.exit(2);
}

try {
  const corrections: Correction[] = JSON.parse(await readFile(file, 'utf8'));
  const rejected = await sendAll(url, corrections);
  console.log(`${corrections.length} corrections, ${rejected} rejected`);
  process.exitCode = rejected === 0 ? 0 : 1;
} catch (error) {
  console.error(
    `Broke off: ${error instanceof Error ? error.message : error}. Run it again to send the rest.`,
  );
  process.exitCode = 1;
}

/** One after the other: two corrections of one call are applied in the order of the list. */
async function sendAll(target: string, corrections: Correction[]): Promise<number> {
  let rejected = 0;
  for (const { id, ...update } of corrections) {
    const answer = await post(target, { ...update, transaction_id: `correction-${id}` });
    if (answer.code !== undefined) rejected++;
    console.log(`${id}  ${update.call_log_id}  ${describe(answer)}`);
  }
  return rejected;
}

async function post(target: string, update: object): Promise<Answer> {
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(update),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return (await response.json()) as Answer; // an outcome, or a problem with code and detail
}

function describe({ status, duplicate, changes = {}, code, detail }: Answer): string {
  if (code !== undefined) return `rejected, ${code}: ${detail}`;
  if (duplicate) return `${status} before`;
  const texts = Object.entries(changes).map(([field, { from, to }]) => `${field} ${from} -> ${to}`);
  return [status, ...texts].join(', ');
}
