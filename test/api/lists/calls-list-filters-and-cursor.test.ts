/** `GET /calls`: filters alone and together, and pages. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, faultsOf } from '../../support/problem.ts';
import { useServer } from '../../support/server.ts';

type Call = {
  call_log_id: string;
  state: 'live' | 'completed';
  phone_number: string | null;
  tracking_number: string | null;
  started_at: string;
  campaign: string | null;
  publisher: string | null;
  buyer: string | null;
  converted: boolean;
  publisher_paid_out: string | null;
  payout_status: string;
  no_payout_reason: string | null;
  tags: Record<string, string>;
};

const server = useServer();
/** latest start first, as the list shows them */
let calls: Call[];

beforeAll(async () => {
  for (let at = 0; at < 48; at += 1) {
    const answer = await server.api('POST', '/calls', {
      call_log_id: `${at % 5 === 0 ? 'CA' : 'ID'}${at}`,
      state: at % 4 === 0 ? 'live' : 'completed',
      phone_number: at % 7 === 0 ? null : `+1415555010${at % 3}`,
      tracking_number: at % 6 === 0 ? 'sip:in@example.com' : `+1800555019${at % 4}`,
      // Several calls start at the same time: their ids decide.
      started_at: new Date(Date.UTC(2026, 10, 1 + Math.floor(at / 4))).toISOString(),
      campaign: at % 5 === 1 ? null : ['Solar', 'Roofing & More', '50%_off'][at % 3],
      publisher: at % 2 === 0 ? 'North Media' : 'Süd/Medien',
      buyer: at % 3 === 0 ? null : `Buyer ${at % 2}`,
      converted: at % 3 === 1,
      publisher_paid_out: at % 11 === 2 ? null : '1.50',
      no_payout_reason: at % 9 === 2 ? 'Caps exceeded' : null,
      tags: {
        ...(at % 2 === 0 && { deal: at % 4 === 0 ? 'won' : 'lost:late' }),
        ...(at % 5 === 0 && { ünï: '' }),
        ...(at % 8 === 1 && { 'utm:source': 'ads' }),
      },
    });
    expect(answer.status).toBe(201);
  }
  calls = (await list({ limit: '500' })).items;
  expect(calls).toHaveLength(48);
});

async function list(query: Record<string, string>) {
  const answer = await server.api('GET', `/calls?${new URLSearchParams(query)}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.json;
}

const hasTag = (key: string, value?: string) => (call: Call) =>
  key in call.tags && (value === undefined || call.tags[key] === value);

/** A filter as it is sent, and the calls that it means. */
const filters: [string, string, (call: Call) => boolean][] = [
  ['state', 'live', (call) => call.state === 'live'],
  ['state', 'completed', (call) => call.state === 'completed'],
  ['phone_number', '(415) 555-0101', (call) => call.phone_number === '+14155550101'],
  ['phone_number', '+14155550102', (call) => call.phone_number === '+14155550102'],
  ['phone_number', ' 14155550102', (call) => call.phone_number === '+14155550102'],
  ['converted', 'true', (call) => call.converted],
  ['converted', '0', (call) => !call.converted],
  ['held', 'true', (call) => call.no_payout_reason !== null],
  ['payout_status', 'none', (call) => call.publisher_paid_out === null],
  ['payout_status', 'pending', (call) => call.publisher_paid_out !== null && call.state === 'live'],
  [
    'payout_status',
    'held',
    (call) =>
      call.publisher_paid_out !== null && call.state === 'completed' && call.no_payout_reason !== null,
  ],
  ['payout_status', 'owed', (call) => call.payout_status === 'owed'],
  ['held', 'false', (call) => call.no_payout_reason === null],
  ['campaign', 'Solar', (call) => call.campaign === 'Solar'],
  ['campaign', 'Roofing & More', (call) => call.campaign === 'Roofing & More'],
  ['campaign', '50%_off', (call) => call.campaign === '50%_off'],
  ['campaign', 'solar', () => false],
  ['publisher', 'Süd/Medien', (call) => call.publisher === 'Süd/Medien'],
  ['buyer', 'Buyer 1', (call) => call.buyer === 'Buyer 1'],
  ['tag', 'deal', hasTag('deal')],
  ['tag', 'deal:won', hasTag('deal', 'won')],
  ['tag', 'deal:lost:late', hasTag('deal', 'lost:late')],
  ['tag', 'ünï', hasTag('ünï')],
  ['tag', 'ünï:', hasTag('ünï', '')],
  ['tag', 'utm:source', hasTag('utm:source')],
  ['tag', 'toString', () => false],
  ['from', '2026-11-05T00:00:00Z', (call) => call.started_at >= '2026-11-05T00:00:00.000Z'],
  ['from', '2026-11-05T00:00:00.001', (call) => call.started_at > '2026-11-05T00:00:00.000Z'],
  ['to', '2026-11-07T00:00:00Z', (call) => call.started_at <= '2026-11-07T00:00:00.000Z'],
  ['to', '1793836800', (call) => call.started_at <= '2026-11-05T00:00:00.000Z'],
  ['q', 'CA', (call) => call.call_log_id.startsWith('CA')],
  ['q', ' ID1 ', (call) => call.call_log_id.startsWith('ID1')],
  ['q', '415-555-0101', (call) => call.phone_number === '+14155550101'],
  ['q', '+18005550193', (call) => call.tracking_number === '+18005550193'],
  ['q', 'sip:in@example.com', (call) => call.tracking_number === 'sip:in@example.com'],
  ['q', 'Süd/Medien', (call) => call.publisher === 'Süd/Medien'],
  ['q', 'Buyer 0', (call) => call.buyer === 'Buyer 0'],
  ['q', 'Solar', (call) => call.campaign === 'Solar'],
  ['q', '%', (call) => call.campaign === '50%_off'],
  ['q', 'süd/', (call) => call.publisher === 'Süd/Medien'],
  ['q', 'UYER', (call) => call.buyer !== null],
  ['q', 'Roofing & Mor', (call) => call.campaign === 'Roofing & More'],
  ['no_payout_reason', 'Caps exceeded', (call) => call.no_payout_reason === 'Caps exceeded'],
  ['no_payout_reason', 'Condition not met', () => false],
  ['call_log_id', 'ID7', (call) => call.call_log_id === 'ID7'],
];

/** Each name once: the last filter of a name wins, as in the query. */
function expectedOf(chosen: typeof filters): Call[] {
  const byName = new Map(chosen.map((filter) => [filter[0], filter[2]]));
  return calls.filter((call) => [...byName.values()].every((isMeant) => isMeant(call)));
}

function queryOf(chosen: typeof filters): Record<string, string> {
  return { limit: '500', ...Object.fromEntries(chosen) };
}

describe('filters', () => {
  test.each(filters)('%s=%s alone', async (...filter) => {
    const { items, next_cursor } = await list(queryOf([filter]));
    expect(items).toEqual(expectedOf([filter]));
    expect(next_cursor).toBeNull();
  });

  test('any of them together mean calls that all of them mean', async () => {
    const chosen = fc.subarray(filters, { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chosen, async (some) => {
        expect((await list(queryOf(some))).items).toEqual(expectedOf(some));
      }),
      { numRuns: 150 },
    );
  });

  test('each pair leaves something to compare', () => {
    const found = filters.flatMap((one) => filters.map((other) => expectedOf([one, other]).length));
    expect(found.filter((count) => count > 0).length).toBeGreaterThan(400);
  });

  test('several ids mean each of these calls', async () => {
    const answer = await server.api('GET', '/calls?call_log_id=ID7&call_log_id=CA10&call_log_id=none');
    expect(answer.json.items.map((call: Call) => call.call_log_id).sort()).toEqual(['CA10', 'ID7']);
  });

  test('totals are those of the calls in the list', async () => {
    const chosen = fc.subarray(filters, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(chosen, async (some) => {
        const { limit: _limit, ...query } = queryOf(some);
        const { json } = await server.api('GET', `/call-totals?${new URLSearchParams(query)}`);
        const meant = expectedOf(some);
        const owed = meant.filter((call) => call.payout_status === 'owed').length;
        const held = meant.filter((call) => call.payout_status === 'held').length;
        expect(json).toMatchObject({
          calls: meant.length,
          converted: meant.filter((call) => call.converted).length,
          revenue: '0.00',
          payout_owed: (owed * 1.5).toFixed(2),
          payout_held: (held * 1.5).toFixed(2),
          profit: owed === 0 ? '0.00' : `-${(owed * 1.5).toFixed(2)}`,
        });
      }),
      { numRuns: 60 },
    );
    expectProblem(await server.api('GET', '/call-totals?limit=5'), 422, 'unknown_field');
  });

  test('an empty filter is none', async () => {
    expect((await list({ limit: '500', campaign: '', q: '', tag: '', from: '' })).items).toEqual(calls);
  });

  test('times without an offset are in the account’s time zone', async () => {
    await server.api('PATCH', '/account', { time_zone: 'America/New_York' });
    const { items } = await list({ limit: '500', from: '2026-11-04T19:00:00' });
    await server.api('PATCH', '/account', { time_zone: 'UTC' });
    expect(items).toEqual(calls.filter((call) => call.started_at >= '2026-11-05T00:00:00.000Z'));
  });

  test('a query with faults gets all of them', async () => {
    const answer = await server.api(
      'GET',
      '/calls?hold=true&limit=501&cursor=abc&state=ringing&phone_number=none&converted=perhaps&held=2&campaign=a&campaign=b&from=today&to=1&buyer=%00',
    );
    expectProblem(answer, 422, 'unknown_field');
    expect(faultsOf(answer).sort()).toEqual([
      'buyer: invalid_value',
      'campaign: invalid_value',
      'converted: invalid_value',
      'cursor: invalid_value',
      'from: invalid_value',
      'held: invalid_value',
      'hold: unknown_field',
      'limit: invalid_value',
      'phone_number: invalid_phone_number',
      'state: invalid_value',
      'to: invalid_value',
    ]);
  });
});

describe('pages', () => {
  test('hold 50 items by default, at least 1 and at most 500', async () => {
    for (const at of Array(8).keys())
      await server.createCall(`more ${at}`, { started_at: '2026-10-01T00:00:00Z' });
    expect((await list({})).items).toHaveLength(50);
    expect((await list({ limit: '1' })).items).toHaveLength(1);
    expect((await list({ limit: '500' })).items).toHaveLength(56);
    for (const limit of ['0', '-1', '501', '1.5', '1e2', 'ten', '99999999999999999999', ' 5']) {
      const answer = await server.api('GET', `/calls?${new URLSearchParams({ limit })}`);
      expectProblem(answer, 422, 'invalid_value');
      expect(faultsOf(answer)).toEqual(['limit: invalid_value']);
    }
  });

  test.each([1, 2, 7, 50])('of %i walk all without gaps or repeats, in one order', async (limit) => {
    const whole = (await list({ limit: '500' })).items;
    const walked: Call[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: Call[]; next_cursor: string | null } = await list({
        limit: String(limit),
        cursor,
      });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      walked.push(...page.items);
      cursor = page.next_cursor;
      if (walked.length > whole.length) break;
    }
    expect(walked).toEqual(whole);
    const order = (call: Call) => `${call.started_at} ${call.call_log_id}`;
    expect(walked.map(order)).toEqual(walked.map(order).sort().reverse());
  });

  test('show the items of the first request, whatever is added in between', async () => {
    const whole = (await list({ limit: '500', publisher: 'North Media' })).items;
    const walked: Call[] = [];
    let made = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      // One newer, one older, and one right among those that were walked.
      for (const started_at of ['2026-11-22T00:00:00Z', '2026-09-01T00:00:00Z', walked.at(-1)?.started_at]) {
        made += 1;
        await server.createCall(`Z meanwhile ${made}`, { publisher: 'North Media', started_at });
      }
      const page: { items: Call[]; next_cursor: string | null } = await list({
        publisher: 'North Media',
        limit: '4',
        cursor,
      });
      walked.push(...page.items);
      cursor = walked.length > 200 ? null : page.next_cursor;
    }
    const ids = walked.map((call) => call.call_log_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(walked.filter((call) => !call.call_log_id.startsWith('Z'))).toEqual(whole);
  });

  test('the cursor of another list, or a made up one, is rejected', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const webhook = await server.createWebhook();
    await server.createWebhook();
    const { next_cursor } = (await server.api('GET', '/webhooks/incoming?limit=1')).json;
    expect(next_cursor).not.toBeNull();
    const startedAt = '2026-11-01T00:00:00.000Z';
    const bad = [
      next_cursor,
      'x',
      '%00',
      encode(webhook.id),
      encode(null),
      encode({ startedAt, callLogId: 7 }),
      encode({ startedAt, callLogId: 'a\0b' }),
      encode({ startedAt: '2026', callLogId: 'a' }),
      encode({ startedAt: 'infinity', callLogId: 'a' }),
      encode({ callLogId: 'a' }),
    ];
    for (const cursor of bad) {
      const answer = await server.api('GET', `/calls?cursor=${cursor}`);
      expectProblem(answer, 422, 'invalid_value');
      expect(faultsOf(answer)).toEqual(['cursor: invalid_value']);
    }
    expect((await server.api('GET', `/calls?cursor=${encode({ startedAt, callLogId: 'a' })}`)).status).toBe(
      200,
    );
  });
});
