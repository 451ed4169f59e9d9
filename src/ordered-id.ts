import { randomUUIDv7 } from 'node:crypto';

/** `xxxxxxxx-xxxx`: the milliseconds. */
const timeChars = 13;
/** What comes before the last 7 hex digits, which count within a millisecond. */
const headChars = 29;
const countEnd = 0x1000_0000;

/**
 * A uuid v7 that is greater than every one this process made before, however many fall into one millisecond and
 * whatever the clock does: ids of postbacks and events are in the order of receipt (docs/senders.md#live-calls).
 */
export const makeOrderedId = createIdMaker(Date.now, randomUUIDv7);

/** Within a millisecond, and while the clock is behind, ids count up from a random one. */
export function createIdMaker(clockMs: () => number, makeId: () => string): () => string {
  let lastMs = 0;
  let head = '';
  let count = 0;
  const begin = (ms: number) => {
    const time = ms.toString(16).padStart(12, '0');
    const random = makeId();
    lastMs = ms;
    head = `${time.slice(0, 8)}-${time.slice(8)}${random.slice(timeChars, headChars)}`;
    count = Number.parseInt(random.slice(headChars), 16);
  };
  return () => {
    const nowMs = clockMs();
    if (nowMs > lastMs) begin(nowMs);
    else if (count === countEnd) begin(lastMs + 1);
    const id = head + count.toString(16).padStart(7, '0');
    count += 1;
    return id;
  };
}

/** The instant in an id: its first 48 bits are milliseconds since 1970. */
export function instantOfId(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, timeChars), 16)).toISOString();
}
