import type { PresetJson } from '../../../api/webhooks/presets.ts';
import type { WebhookType } from '../webhook-words.ts';
import type { BuilderField } from './builder-fields.ts';
import type { FieldValues } from './request-fields.tsx';

const updateTypes: readonly WebhookType[] = ['update_fields', 'update_revenue', 'update_tags'];

/** Platforms that send what a webhook of this type takes. */
export function platformsFor(type: WebhookType, presets: readonly PresetJson[]): PresetJson[] {
  return presets.filter(
    (preset) => preset.type === type || (preset.type === 'update_fields' && updateTypes.includes(type)),
  );
}

/** False for a platform that sends a fixed request: a URL with parameters is of no use there. */
export function hasMacros({ notation, macros }: PresetJson): boolean {
  return (notation ?? '') !== '' || Object.keys(macros ?? {}).length > 0;
}

/** The macros of a platform by the names of the form. A request of a platform reports a conversion. */
function macrosOf(preset: PresetJson | undefined, fields: readonly BuilderField[]): Map<string, string> {
  const { revenue_paid_out: revenue, ...others } = preset?.macros ?? {};
  const named = { ...others, ...(revenue !== undefined && { revenue_paid_out: revenue, revenue }) };
  const macros = new Map(
    Object.entries(named).filter(([name]) => fields.some((field) => field.name === name)),
  );
  const isPostback = preset !== undefined && preset.type !== 'calls' && macros.size > 0;
  if (isPostback && fields.some(({ name }) => name === 'converted') && !macros.has('converted'))
    macros.set('converted', 'true');
  return macros;
}

/** What the form holds after another platform is chosen: its macros instead of those of the one before; the rest stays. */
export function switchPlatform(
  values: FieldValues,
  fields: readonly BuilderField[],
  before: PresetJson | undefined,
  after: PresetJson | undefined,
): FieldValues {
  const old = macrosOf(before, fields);
  const kept = Object.entries(values).filter(([name, { value }]) => value === '' || value !== old.get(name));
  const added = Array.from(
    macrosOf(after, fields),
    ([name, value]) => [name, { isUsed: true, value }] as const,
  );
  return { ...Object.fromEntries(kept), ...Object.fromEntries(added) };
}
