import type { EventJson } from './event.ts';

/** Which calls an outgoing webhook is about. Empty lists and null: all. */
export type EventFilter = {
  campaign: string[];
  publisher: string[];
  buyer: string[];
  /** `key`, or `key:value` */
  tag: string | null;
};

export const noFilter: EventFilter = { campaign: [], publisher: [], buyer: [], tag: null };

/** Events that are not about calls or postbacks pass every filter. */
export function passesFilter({ type, call }: Pick<EventJson, 'type' | 'call'>, filter: EventFilter): boolean {
  if (type.startsWith('webhook.') || type.startsWith('attention.')) return true;
  const isAmong = (name: 'campaign' | 'publisher' | 'buyer') =>
    filter[name].length === 0 || filter[name].includes(String(call?.[name] ?? ''));
  return isAmong('campaign') && isAmong('publisher') && isAmong('buyer') && hasTag(call, filter.tag);
}

function hasTag(call: EventJson['call'], tag: string | null): boolean {
  if (tag === null || tag === '') return true;
  const tags = call?.['tags'];
  if (typeof tags !== 'object' || tags === null) return false;
  const members = new Map<string, unknown>(Object.entries(tags));
  if (members.has(tag)) return true;
  const at = tag.indexOf(':');
  return at > 0 && members.get(tag.slice(0, at)) === tag.slice(at + 1);
}
