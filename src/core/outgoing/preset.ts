import type { EventType } from './events/event-type.ts';
import type { RequestSettings } from './requests/request-settings.ts';

/** Settings for a known receiver; a file in presets/outgoing. */
export type OutgoingPreset = {
  name: string;
  label: string;
  about: string;
  /** where the receiver describes what it takes */
  docs: string;
  /** what its owner fills in: `{NAME}` in the settings */
  variables: { name: string; label: string; example: string }[];
  settings: RequestSettings & { events: EventType[] };
  /** what is sent for the sample event with the examples of the variables */
  example: { url: string; body: unknown };
};

/** Fills in what is known of the variables; others stay, and the URL or the receiver tells of them. */
export function fillPreset(
  { settings }: OutgoingPreset,
  values: Record<string, string>,
): OutgoingPreset['settings'] {
  const known = new Map(Object.entries(values));
  const fill = (text: string, escapeValue: (value: string) => string) =>
    text.replaceAll(/\{([a-z_]+)\}/g, (all, name: string) => {
      const value = known.get(name)?.trim();
      return value === undefined ? all : escapeValue(value);
    });
  return {
    ...settings,
    url: fill(settings.url, (value) => value),
    headers: Object.fromEntries(
      Object.entries(settings.headers).map(([name, text]) => [name, fill(text, (value) => value)]),
    ),
    body: settings.body === null ? null : fill(settings.body, (value) => JSON.stringify(value).slice(1, -1)),
  };
}
