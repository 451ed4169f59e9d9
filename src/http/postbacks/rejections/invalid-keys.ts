/**
 * Requests whose key is not valid, gathered in memory so that their owner sees them in the log. The log has one row for each
 * key and address in an hour, with how often it came; a job writes the rows. A key stays here as its hash, and is not stored.
 */
import { networkOf } from '../../../core/access/address-list.ts';
import { hashSecret } from '../../../core/access/secret.ts';
import type { InvalidKeyRow } from '../../../store/store.ts';
import type { ReceivedRequest } from '../request/received-request.ts';

const rowMsMax = 3_600_000;
/** About 3 MB. When there are more, new ones are not gathered until old ones are an hour old. */
const rowsMax = 5_000;
/** Further keys of a network are counted on one row. */
const keysOfNetworkMax = 20;
const userAgentCharsMax = 300;
const anyKey = /rbk_[\w-]*/g;

type Entry = InvalidKeyRow & { name: string; network: string; startedAtMs: number };
type Rejected = Pick<ReceivedRequest, 'postbackId' | 'receivedAt' | 'sourceIp' | 'method' | 'key'>;

export class InvalidKeys {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #keysOf = new Map<string, number>();
  readonly #changed = new Set<Entry>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Counts a request.
   * @returns the id to answer with: of its row, which the first request with this key from this address began
   */
  note(received: Rejected, path: string, userAgent: string | undefined): string {
    this.#forgetOld();
    const { key, sourceIp, postbackId, receivedAt } = received;
    const keyHash = key === null ? null : hashSecret(key);
    const network = networkOf(sourceIp);
    const name = `${network} ${keyHash?.toString('base64') ?? ''}`;
    const isOneOfMany = !this.#entries.has(name) && (this.#keysOf.get(network) ?? 0) >= keysOfNetworkMax;
    const counted = isOneOfMany ? `${network} *` : name;
    const entry =
      this.#entries.get(counted) ?? this.#add(counted, network, { ...received, keyHash }, path, userAgent);
    if (entry === null) return postbackId;
    entry.pending += 1;
    entry.lastAt = receivedAt;
    this.#changed.add(entry);
    // The ids must not show which of the wrong keys was valid once.
    return isOneOfMany ? postbackId : entry.postbackId;
  }

  /** Rows with requests that no statement has counted yet; `undo` counts them again. */
  take(): { rows: InvalidKeyRow[]; undo: () => void } {
    const taken = [...this.#changed].map((entry) => ({ entry, row: { ...entry } }));
    this.#changed.clear();
    for (const { entry } of taken) {
      entry.pending = 0;
      entry.isNew = false;
    }
    return {
      rows: taken.map(({ row: { name: _, network: __, startedAtMs: ___, ...row } }) => row),
      undo: () => {
        for (const { entry, row } of taken) {
          entry.pending += row.pending;
          entry.isNew = row.isNew;
          this.#changed.add(entry);
        }
      },
    };
  }

  #add(
    name: string,
    network: string,
    { postbackId, receivedAt, sourceIp, method, keyHash }: Rejected & Pick<Entry, 'keyHash'>,
    path: string,
    userAgent: string | undefined,
  ): Entry | null {
    if (this.#entries.size >= rowsMax) return null;
    const headers = userAgent === undefined ? {} : { 'user-agent': withoutKey(userAgent, userAgentCharsMax) };
    const entry: Entry = {
      ...{ name, network, startedAtMs: this.#now(), isNew: true, pending: 0 },
      ...{ postbackId, receivedAt, lastAt: receivedAt, sourceIp, keyHash },
      request: { method, path, query: {}, headers },
    };
    this.#entries.set(name, entry);
    this.#keysOf.set(network, (this.#keysOf.get(network) ?? 0) + 1);
    return entry;
  }

  /** Entries are in the order of their beginnings. One that is still to be written stays in `#changed`. */
  #forgetOld(): void {
    const before = this.#now() - rowMsMax;
    for (const [name, { startedAtMs, network }] of this.#entries) {
      if (startedAtMs > before) return;
      this.#entries.delete(name);
      const left = (this.#keysOf.get(network) ?? 1) - 1;
      if (left > 0) this.#keysOf.set(network, left);
      else this.#keysOf.delete(network);
    }
  }
}

function withoutKey(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replaceAll(anyKey, '[auth key]');
}
