import { randomUUIDv7 } from 'node:crypto';

/** `xxxxxxxx-xxxx`: the milliseconds. */
const timeChars = 13;
/** What comes before the last 7 hex digits, which count within a millisecond. */
const headChars = 29;
const countEnd = 0x1000_0000;

let lastTime = '';
let head = '';
let count = 0;

/**
 * A uuid v7 that is greater than every one this process made before, however many fall into one millisecond and
 * whatever the clock does: ids of postbacks and events are in the order of receipt (docs/senders.md#live-calls). The first of a
 * millisecond is Node's own; the next ones count up from it.
 */
export function makeOrderedId(): string {
  let made = randomUUIDv7();
  while (count === countEnd && made.slice(0, timeChars) <= lastTime) made = randomUUIDv7();
  if (made.slice(0, timeChars) > lastTime) {
    lastTime = made.slice(0, timeChars);
    head = made.slice(0, headChars);
    count = Number.parseInt(made.slice(headChars), 16);
  }
  const id = head + count.toString(16).padStart(7, '0');
  count += 1;
  return id;
}

/** The instant in an id: its first 48 bits are milliseconds since 1970. */
export function instantOfId(id: string): string {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, timeChars), 16)).toISOString();
}
