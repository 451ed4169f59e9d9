/** Stores events when something starts or stops needing attention: the difference from the last state that was reported. */
import { makeOrderedId } from '../../../ordered-id.ts';
import { type Db, inRepeatedTransaction } from '../../database/connections/db.ts';
import { type OutgoingRow, outgoingColumns, outgoingOf } from '../outgoing-rows.ts';
import { storeOtherEvents } from './store-events.ts';

type Item = Record<string, unknown>;
type CursorRow = { attention: Record<string, Item>; is_due: boolean };

const lockCursor = `
select attention, coalesce(attention_at not between clock_timestamp() - interval '50 seconds' and clock_timestamp(), true) as is_due
from outgoing_cursor where account_id = $1 for no key update skip locked`;

/**
 * Only one process tells, at most about once a minute, also after a clock was set back.
 * @param items what needs attention now
 * @returns busy: another process is at the events of the account, and whether it tells is not known
 */
export async function storeAttention(
  { pool }: Db,
  accountId: string,
  items: Item[],
  now: string,
): Promise<'told' | 'busy'> {
  return inRepeatedTransaction(pool, async (client) => {
    const { rows } = await client.query<CursorRow>(lockCursor, [accountId]);
    const [cursor] = rows;
    if (cursor === undefined) return 'busy';
    if (!cursor.is_due) return 'told';
    const before = new Map(Object.entries(cursor.attention));
    const after = new Map(items.map((item) => [keyOf(item), item]));
    const events = [
      ...differenceOf(after, before).map((item) => eventOf('raised', item, now)),
      ...differenceOf(before, after).map((item) => eventOf('cleared', item, now)),
    ];
    const { rows: webhooks } = await client.query<OutgoingRow>(
      `select ${outgoingColumns} from outgoing_webhook w where w.account_id = $1 and w.deleted_at is null`,
      [accountId],
    );
    await storeOtherEvents(client, accountId, events, webhooks.map(outgoingOf));
    await client.query(
      'update outgoing_cursor set attention = $2, attention_at = statement_timestamp() where account_id = $1',
      [accountId, JSON.stringify(Object.fromEntries(after))],
    );
    return 'told';
  });
}

/** What an item is about; its counts may change. */
function keyOf({ kind, webhook_id: webhookId, name, code }: Item): string {
  return [kind, webhookId, name, code].map((part) => part ?? '').join(' ');
}

function differenceOf(all: Map<string, Item>, without: Map<string, Item>): Item[] {
  return [...all].filter(([key]) => !without.has(key)).map(([, item]) => item);
}

function eventOf(what: 'raised' | 'cleared', attention: Item, at: string) {
  return {
    id: `evt_${makeOrderedId().replaceAll('-', '')}_${what}`,
    type: `attention.${what}` as const,
    at,
    changes: {},
    caused_by: { user: 'Ringback' },
    attention,
  };
}
