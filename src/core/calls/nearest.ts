/** Which calls a postback that found none may be for (docs/senders.md#waiting-for-the-call). */

/** What a postback says of its call. */
export type SoughtCall = {
  /** null where it names the call by an id */
  phoneNumber: string | null;
  /** instant */
  receivedAt: string;
};

export type NearCall = { callLogId: string; phoneNumber: string | null; startedAt: string };

/** `number`: digits to change, insert or remove; null where one of the two has no number. `seconds`: from the call's start to the receipt. */
export type Distance = { number: number | null; seconds: number };

const nearestMax = 5;
/** With more digits that differ, it is the number of another caller. */
const digitsMax = 3;

/** The calls that fit best: the number counts first, then the time. */
export function nearestOf<C extends NearCall>(
  sought: SoughtCall,
  calls: C[],
): (C & { distance: Distance })[] {
  const byId = new Map(calls.map((call) => [call.callLogId, call]));
  return [...byId.values()]
    .map((call) => ({ ...call, distance: distanceOf(sought, call) }))
    .filter(({ distance }) => distance.number === null || distance.number <= digitsMax)
    .sort((a, b) => rankOf(a.distance) - rankOf(b.distance) || timeOf(a.distance) - timeOf(b.distance))
    .slice(0, nearestMax);
}

function distanceOf({ phoneNumber, receivedAt }: SoughtCall, call: NearCall): Distance {
  return {
    number:
      phoneNumber === null || call.phoneNumber === null ? null : countEdits(phoneNumber, call.phoneNumber),
    seconds: Math.round((Date.parse(receivedAt) - Date.parse(call.startedAt)) / 1_000),
  };
}

function rankOf({ number }: Distance): number {
  return number ?? digitsMax + 1;
}

function timeOf({ seconds }: Distance): number {
  return Math.abs(seconds);
}

/** Levenshtein's distance of two short texts. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, char] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
