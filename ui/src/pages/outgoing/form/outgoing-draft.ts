/** What the form of an outgoing webhook holds, and the bodies that it sends. Pure. */
import type {
  EventType,
  OutgoingBody,
  OutgoingJson,
  OutgoingPreset,
} from '../../../api/webhooks/outgoing.ts';

export type HeaderRow = { id: number; name: string; value: string };

export type OutgoingDraft = {
  name: string;
  preset: OutgoingPreset | null;
  /** of the preset's variables */
  values: Record<string, string>;
  format: OutgoingJson['format'];
  url: string;
  method: OutgoingJson['method'];
  headers: HeaderRow[];
  body: string;
  empty: OutgoingJson['empty'];
  events: EventType[];
  campaign: string[];
  publisher: string[];
  buyer: string[];
  tag: string;
  order: OutgoingJson['order'];
  maxPerMinute: string;
};

export const emptyDraft: OutgoingDraft = {
  name: '',
  preset: null,
  values: {},
  format: 'event',
  url: '',
  method: 'POST',
  headers: [],
  body: '',
  empty: 'send',
  events: ['call.converted'],
  campaign: [],
  publisher: [],
  buyer: [],
  tag: '',
  order: 'per_call',
  maxPerMinute: '',
};

/** The draft with the settings of a preset; null: of none. A name that was typed stays. */
export function withPreset(draft: OutgoingDraft, preset: OutgoingPreset | null): OutgoingDraft {
  const wasNamed = draft.name !== '' && draft.name !== draft.preset?.label;
  if (preset === null) return { ...emptyDraft, name: wasNamed ? draft.name : '' };
  const { headers, body, ...settings } = preset.settings;
  return {
    ...draft,
    ...settings,
    ...{ preset, values: {}, body: body ?? '', headers: rowsOf(headers) },
    name: wasNamed ? draft.name : preset.label,
  };
}

export function draftOf(webhook: OutgoingJson): OutgoingDraft {
  const { name, format, url, method, empty, events, order, filter } = webhook;
  return {
    ...{ name, format, url, method, empty, events, order },
    ...{ preset: null, values: {}, headers: rowsOf(webhook.headers), body: webhook.body ?? '' },
    ...{ campaign: filter.campaign, publisher: filter.publisher, buyer: filter.buyer },
    tag: filter.tag ?? '',
    maxPerMinute: webhook.max_per_minute === null ? '' : String(webhook.max_per_minute),
  };
}

type Settings = Omit<OutgoingBody, 'name'>;

/** Settings as the API takes them. What is as in the preset is left to it: the server fills in its variables. */
export function settingsOf(draft: OutgoingDraft): Settings {
  const { preset, values, format, method, empty, events, order, campaign, publisher, buyer } = draft;
  const url = draft.url.trim();
  const headers = Object.fromEntries(
    draft.headers.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]),
  );
  const body = draft.body.trim() === '' || format === 'event' ? null : draft.body;
  const isPresets = (name: 'url' | 'headers' | 'body', value: unknown) =>
    preset !== null && JSON.stringify(preset.settings[name]) === JSON.stringify(value);
  return {
    ...{ format, method: format === 'event' ? 'POST' : method, empty, events, order },
    ...(preset !== null && { preset: preset.name, values }),
    ...(!isPresets('url', url) && { url: fill(url, values) }),
    ...(!isPresets('headers', headers) && { headers }),
    ...(!isPresets('body', body) && { body }),
    filter: { campaign, publisher, buyer, tag: draft.tag.trim() === '' ? null : draft.tag.trim() },
    max_per_minute: draft.maxPerMinute.trim() === '' ? null : Number(draft.maxPerMinute),
  };
}

function fill(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{([a-z_]+)\}/g, (all, name: string) => values[name]?.trim() || all);
}

let lastRow = 0;

export function newRow(name = '', value = ''): HeaderRow {
  lastRow += 1;
  return { id: lastRow, name, value };
}

function rowsOf(headers: Record<string, string>): HeaderRow[] {
  return Object.entries(headers).map(([name, value]) => newRow(name, value));
}
