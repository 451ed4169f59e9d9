/** Settings of an outgoing webhook from the wire to the store and back. */
import { noFilter } from '../../../core/outgoing/events/event-filter.ts';
import { fillPreset } from '../../../core/outgoing/preset.ts';
import { macroPattern } from '../../../core/outgoing/requests/macro.ts';
import { faultsOfRequest } from '../../../core/outgoing/requests/request.ts';
import { type Rejection, rejectFaults } from '../../../core/updates/rejection.ts';
import type { Fault } from '../../../core/values/fault.ts';
import type { ListedOutgoing, OutgoingSettings, OutgoingWebhook } from '../../../store/store.ts';
import { definedOnly } from '../list-reader.ts';
import type { OutgoingPort } from '../route.ts';
import { outgoingPresets } from './outgoing-presets.ts';
import type { OutgoingBody, OutgoingChangeBody, OutgoingJson } from './outgoing-schemas.ts';

type HostCheck = { outgoing: Pick<OutgoingPort, 'explainHost'>; publicUrl(): string };

const defaults: Omit<OutgoingSettings, 'name' | 'url' | 'events'> = {
  method: 'POST',
  filter: noFilter,
  format: 'event',
  headers: {},
  body: null,
  empty: 'send',
  order: 'per_call',
  maxPerMinute: null,
  preset: null,
};

/** Settings as they will be: those of the body, else those before, else those of the preset, else the defaults. */
export async function readOutgoing(
  body: Partial<OutgoingBody> & Pick<OutgoingChangeBody, 'paused' | 'resume'>,
  before: OutgoingSettings | null,
  check: HostCheck,
): Promise<OutgoingSettings | Rejection> {
  const { preset, faults: presetFaults } = readPreset(body);
  const { name, url, method, events, format, headers, empty, order, filter } = body;
  const given = definedOnly({
    ...{
      name: name?.trim(),
      url: url?.trim(),
      method,
      events,
      format,
      headers,
      body: body.body,
      empty,
      order,
    },
    filter: filter === undefined ? undefined : { ...noFilter, ...filter },
    maxPerMinute: body.max_per_minute,
    preset: body.preset,
  });
  const settings = { ...defaults, ...(before ?? {}), ...(preset ?? {}), ...given };
  if (format === 'template' && method === undefined && before === null && preset === null)
    settings.method = settings.body === null ? 'GET' : 'POST';
  const complete = { name: '', url: '', events: [], ...settings };
  const faults = [
    ...presetFaults,
    ...(presetFaults.length === 0 ? faultsOfMissing(complete) : []),
    ...faultsOfResume(body),
    ...(await faultsOfUrl(complete.url, check)),
    ...faultsOfRequest(complete),
  ];
  return faults.length > 0 ? rejectFaults(faults) : complete;
}

function readPreset({ preset: name, values = {} }: Partial<OutgoingBody>): {
  preset: Partial<OutgoingSettings> | null;
  faults: Fault[];
} {
  if (name === undefined || name === null) return { preset: null, faults: [] };
  const preset = outgoingPresets.get(name);
  if (preset !== undefined) return { preset: fillPreset(preset, values), faults: [] };
  const detail = `There is no preset for outgoing webhooks of this name: use one of ${[...outgoingPresets.keys()].join(', ')}.`;
  return { preset: null, faults: [{ field: 'preset', code: 'invalid_value', detail }] };
}

function faultsOfMissing({ url, events }: OutgoingSettings): Fault[] {
  const faults: Fault[] = [];
  if (url === '') faults.push({ field: 'url', code: 'invalid_value', detail: 'Send "url": it is required.' });
  if (events.length === 0)
    faults.push({ field: 'events', code: 'invalid_value', detail: 'Send "events": it is required.' });
  return faults;
}

function faultsOfResume({ paused, resume }: OutgoingChangeBody): Fault[] {
  if (resume === undefined || paused === false) return [];
  const detail = 'Send "resume" together with "paused": false, or leave it out.';
  return [{ field: 'resume', code: 'conflicting_field', detail }];
}

async function faultsOfUrl(url: string, check: HostCheck): Promise<Fault[]> {
  if (url === '') return [];
  const detail = await explainUrl(url, check);
  return detail === null ? [] : [{ field: 'url', code: 'url_not_allowed', detail }];
}

/** Why a URL may not be saved; null where it may. */
async function explainUrl(url: string, { outgoing, publicUrl }: HostCheck): Promise<string | null> {
  const [, authority = ''] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
  if (authority === '') return 'Send a URL that begins with https:// or http:// and a host.';
  if (authority.includes('@'))
    return 'Leave name and password out of the URL, which is shown and logged: send an Authorization header.';
  if (macroPattern.test(authority)) return 'Macros may not be part of the host: write it out.';
  const [variable] = /\{[a-z_]+\}/.exec(url) ?? [];
  if (variable !== undefined) return `Fill in ${variable}: send it in "values", or write it out.`;
  const parsed = URL.parse(url.replaceAll(new RegExp(macroPattern, 'g'), 'x'));
  if (parsed === null) return 'Send a valid URL.';
  if (parsed.origin === URL.parse(publicUrl())?.origin) return 'This is the address of this Ringback itself.';
  return outgoing.explainHost(parsed.hostname);
}

export function outgoingToJson(webhook: OutgoingWebhook | ListedOutgoing): OutgoingJson {
  return {
    id: webhook.webhookId,
    name: webhook.name,
    url: webhook.url,
    method: webhook.method,
    events: webhook.events,
    filter: webhook.filter,
    format: webhook.format,
    headers: webhook.headers,
    body: webhook.body,
    empty: webhook.empty,
    order: webhook.order,
    max_per_minute: webhook.maxPerMinute,
    preset: webhook.preset,
    paused: webhook.isPaused,
    paused_reason: webhook.pausedReason,
    paused_at: webhook.pausedAt,
    failing_since: webhook.failingSince,
    ...('pending' in webhook && { pending: webhook.pending }),
    created_at: webhook.createdAt,
    updated_at: webhook.updatedAt,
  };
}
