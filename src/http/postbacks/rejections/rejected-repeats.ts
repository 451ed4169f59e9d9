/**
 * Systems that retry for a day send the same rejected request hundreds of times. The log keeps the first one, with how often
 * it came; each process keeps the id of that row.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Outcome, Postback } from '../../../core/updates/postback.ts';
import { isJsonObject, parseStoredJson } from '../../../core/values/json/json.ts';
import type { Store } from '../../../store/store.ts';

const rowsMax = 10_000;
const keptMs = 24 * 3_600_000;

type Row = {
  accountId: string;
  webhookId: string;
  revision: string;
  postbackId: string;
  /** milliseconds of a clock that only goes forward */
  loggedAtMs: number;
  /** repeats that no statement has counted yet */
  pending: number;
  counting: Promise<boolean> | null;
  next: Promise<boolean> | null;
};

export class RejectedRepeats {
  readonly #count: Store['countRejectedRepeats'];
  readonly #rows = new LRUCache<string, Row>({ max: rowsMax });

  constructor(count: Store['countRejectedRepeats']) {
    this.#count = count;
  }

  /** Counts a postback on the row of the first one. @returns the id of that row; null where it is to be logged */
  async take(postback: Postback): Promise<string | null> {
    const key = keyOf(postback);
    const row = key === null ? undefined : this.#rows.get(key);
    if (key === null || row === undefined) return null;
    const isOld = performance.now() - row.loggedAtMs > keptMs;
    const isCounted = !isOld && isOfRevision(row, postback) && (await this.#add(row));
    if (!isCounted) this.#rows.delete(key);
    return isCounted ? row.postbackId : null;
  }

  /** Remembers the row of a request that was logged. */
  note(postback: Postback, { status, postbackId }: Outcome): void {
    const key = status === 'rejected' ? keyOf(postback) : null;
    const { sender, accountId } = postback;
    if (key === null || !('revision' in sender)) return;
    const { webhookId, revision } = sender;
    const loggedAtMs = performance.now();
    const counts = { pending: 0, counting: null, next: null };
    this.#rows.set(key, { accountId, webhookId, revision, postbackId, loggedAtMs, ...counts });
  }

  /** Repeats that come while a statement runs are counted by the next one, together. */
  #add(row: Row): Promise<boolean> {
    row.pending += 1;
    row.next ??= Promise.allSettled([row.counting]).then(() => {
      const { pending } = row;
      row.pending = 0;
      row.next = null;
      row.counting = this.#count(row, pending);
      return row.counting;
    });
    return row.next;
  }
}

function isOfRevision(row: Row, { sender }: Postback): boolean {
  return 'revision' in sender && sender.revision === row.revision;
}

/** Floods of these are sampled by the guards. */
const sampledCodes = new Set(['address_not_allowed', 'rate_limited']);

/** Null for what is no request of its own that is rejected whatever the calls are. */
function keyOf({ sender, sourceIp, request, rejection, isKept, replay }: Postback): string | null {
  if (rejection === null || sampledCodes.has(rejection.code) || isKept === true || replay !== undefined)
    return null;
  if (!('revision' in sender)) return null;
  const record = parseStoredJson(request);
  if (!isJsonObject(record) || record['path'] === undefined) return null; // an item of a batch, or a row of a file
  const { method, path, query, body } = record;
  const same = [sender.webhookId, sourceIp, rejection.code, rejection.detail, method, path, query, body];
  return createHash('sha256').update(JSON.stringify(same)).digest('base64');
}
