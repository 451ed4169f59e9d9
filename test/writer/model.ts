/** A plain model of the fold: one postback after the other, on maps, as docs/senders.md describes it. */
import type { UpdateJson } from '../../src/core/updates/update.ts';

/** A postback as the model sees it. */
export type Sent = {
  call: string | null;
  phone: string | null;
  webhook: string;
  transactionId: string | null;
  isDryRun: boolean;
  isRejectedBefore: boolean;
  update: UpdateJson;
};
export type ModelCall = { isLive: boolean; fields: Map<string, unknown>; tags: Map<string, string> };
/** What a sender sees of an answer, and what the call's record of changes is told. */
export type Seen = {
  status: string;
  code: string | null;
  first: number;
  call: string | null;
  changes: unknown;
};

/** Postbacks are numbered; each comes a second after the one before. */
export const receivedAt = (at: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, at)).toISOString();
/** The call that each number matches. */
export const phoneCalls: Record<string, string> = { '+12125550101': 'live', '+12125550102': 'done' };

export class Model {
  readonly calls: Map<string, ModelCall>;
  readonly #firsts = new Map<string, { what: string; seen: Seen }>();

  constructor(calls: Map<string, ModelCall>) {
    this.calls = calls;
  }

  take(sent: Sent, at: number): Seen {
    const rejected = (code: string): Seen => ({
      status: 'rejected',
      code,
      first: at,
      call: null,
      changes: [],
    });
    if (sent.isRejectedBefore) return rejected('no_updates');
    const { call: id, phone, transactionId } = sent;
    const what = JSON.stringify([id, phone, sortNames(sent.update)]);
    const first = transactionId === null ? undefined : this.#firsts.get(sent.webhook + transactionId);
    if (first !== undefined) return first.what === what ? first.seen : rejected('transaction_id_reused');
    const name = id ?? phoneCalls[phone ?? ''];
    const call = this.calls.get(name ?? '');
    if (name === undefined) return rejected('no_call_in_window');
    if (call === undefined) return rejected('call_not_found');
    const isForCompleted = 'publisher_paid_out' in sent.update || 'no_payout_reason' in sent.update;
    if (call.isLive && isForCompleted) return rejected('call_not_completed');
    const { fields, tags, changes } = interpret(call, sent.update, receivedAt(at));
    if (tags.size > 200) return rejected('too_many_tags');
    const status = call.isLive ? 'queued' : changes.length > 0 ? 'applied' : 'unchanged';
    if (!call.isLive && !sent.isDryRun) Object.assign(call, { fields, tags });
    const seen: Seen = { status, code: null, first: at, call: name, changes: call.isLive ? [] : changes };
    if (transactionId !== null && !sent.isDryRun)
      this.#firsts.set(sent.webhook + transactionId, { what, seen });
    return seen;
  }
}

function interpret(call: ModelCall, { add, remove, ...set }: UpdateJson, at: string) {
  const fields = new Map(call.fields);
  const tags = new Map(call.tags);
  for (const [name, value] of Object.entries(set)) {
    if (name === 'call_converted_at' && set.converted !== undefined) continue;
    fields.set(name, value);
  }
  if (set.converted === true) {
    fields.set('call_converted_at', set.call_converted_at ?? call.fields.get('call_converted_at') ?? at);
  } else if (set.converted === false) {
    fields.set('call_converted_at', null);
  }
  for (const key of remove ?? []) tags.delete(key);
  for (const [key, value] of Object.entries(add ?? {})) tags.set(key, value);
  const changes: [string, unknown, unknown][] = [];
  for (const [name, to] of fields) {
    if (call.fields.get(name) !== to) changes.push([name, call.fields.get(name), to]);
  }
  for (const key of new Set([...call.tags.keys(), ...tags.keys()])) {
    const [from, to] = [call.tags.get(key) ?? null, tags.get(key) ?? null];
    if (from !== to) changes.push([`tags.${key}`, from, to]);
  }
  return { fields, tags, changes: changes.sort() };
}

function sortNames(update: UpdateJson): unknown {
  const sort = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return sort({ ...update, ...(update.add && { add: sort(update.add) }) });
}
