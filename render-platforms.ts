/**
 * Writes docs/platforms from the presets, one page a family, so that pages and presets cannot differ.
 *
 *   npm run docs:platforms
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConditionJson, MappingJson, RowJson } from './src/core/mapping/mapping.ts';
import type { Preset, PresetFamily } from './src/core/mapping/preset.ts';
import { isJsonObject } from './src/core/values/json/json.ts';
import { loadPresets } from './src/presets.ts';

export const pagesFolder = join(import.meta.dirname, 'docs', 'platforms');

const families = {
  telephony: {
    file: 'telephony.md',
    title: 'Telephony platforms',
    intro:
      'They call your webhook for each event of a call, and each event becomes part of one call in Ringback.',
  },
  pbx: {
    file: 'pbx.md',
    title: 'PBX and SIP servers',
    intro: 'They send one record when a call has ended.',
  },
  'call tracking': {
    file: 'call-tracking.md',
    title: 'Call tracking',
    intro:
      'They send what they know about a call when it has ended, and again when something is added to it.',
  },
  'pay per call': {
    file: 'pay-per-call.md',
    title: 'Pay-per-call platforms',
    intro:
      'You write the URL that they request, with their tokens in it. One preset takes their calls (type `calls`), another what they paid for calls that you sent there (`update_fields`).',
  },
  tracker: {
    file: 'trackers.md',
    title: 'Trackers',
    intro:
      'You write the URL that they request, with their macros in it. Pass the call’s id when you send the visit.',
  },
  crm: {
    file: 'crms.md',
    title: 'CRMs, lead systems and automation',
    intro: 'They report the result of a lead: sold or returned, and for how much.',
  },
} as const satisfies Record<PresetFamily, { file: string; title: string; intro: string }>;

/** The pages by the name of their file. */
export function renderPages(presets: readonly Preset[]): Map<string, string> {
  const pages = Object.entries(families).flatMap(([family, { file, title, intro }]): [string, string][] => {
    const own = presets.filter((preset) => preset.family === family);
    if (own.length === 0) return [];
    const index = own.map(({ name, title: platform }) => `[${platform}](#${name})`).join(' · ');
    const head = `<!-- Written by npm run docs:platforms from presets/*.json. -->\n# ${title}\n\n${intro}\n\n${index}\n`;
    return [[file, [head, howTo, ...own.map(renderPreset)].join('\n')]];
  });
  return new Map(pages);
}

const howTo = `Create an incoming webhook with the preset, and use the \`url\` of the response wherever a step says \`URL\`:

\`\`\`sh
curl -s http://localhost:8080/api/v1/webhooks/incoming -H "Authorization: Bearer $(cat data/admin-token)" \\
  -H 'Content-Type: application/json' -d '{"name":"My platform","type":"TYPE","preset":"PRESET","secrets":["SECRET"]}'
\`\`\`

Leave \`secrets\` out if the platform does not sign its requests. Send a test from the platform, then open the webhook in
Ringback: each request is in its log, with the value that was read for each field. Rows of your own in \`mapping\` replace
those of the preset.
`;

function renderPreset(preset: Preset): string {
  const { name, title, type, setup, docs, unconfirmed, macros } = preset;
  const steps = setup.map((step, index) => `${index + 1}. ${step.replaceAll('{url}', 'URL')}`).join('\n');
  const query = Object.entries(macros)
    .map(([parameter, macro]) => `&${parameter}=${macro}`)
    .join('');
  const parts = [
    `<a id="${name}"></a>\n\n## ${title}\n\nPreset \`${name}\`, type \`${type}\`. ${proofOf(preset)}`,
    steps,
    ...(query === '' ? [] : [`\`\`\`text\nURL${query}\n\`\`\``]),
    renderFields(preset),
    ...(unconfirmed.length === 0
      ? []
      : [`Not confirmed by public documentation:\n\n${unconfirmed.map((one) => `- ${one}`).join('\n')}`]),
    `Documentation: ${docs.map((link) => `<${link}>`).join(', ')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function proofOf({ verify }: Preset): string {
  if (typeof verify === 'string')
    return `Requests are verified by the scheme [\`${verify}\`](../signatures.md).`;
  if (!isJsonObject(verify))
    return 'The platform does not sign its requests: the key in the URL proves the sender.';
  return `Requests are verified by the scheme [\`${verify['scheme']}\`](../signatures.md) in the header \`${verify['header']}\`.`;
}

function renderFields({ mapping }: { mapping: MappingJson }): string {
  const rows = Object.entries(mapping.fields).map(([field, row]) => {
    return `| \`${field}\` | ${[row ?? []].flat().map(describeRow).join('; otherwise ')} |`;
  });
  const only = (mapping.only_when ?? []).map(describeCondition).join(' and ');
  const note = only === '' ? '' : `\n\nOther requests than those where ${only} are ignored.`;
  return `| field | is read from |\n|---|---|\n${rows.join('\n')}${note}`;
}

function describeRow(row: RowJson | string): string {
  if (typeof row === 'string') return describeSource(row);
  const { from, value, join: separator, words, when = [] } = row;
  const source = from === undefined ? `the constant \`${String(value)}\`` : describeSource(from, separator);
  const table = words === undefined ? '' : ` (${describeWords(words)})`;
  return `${source}${table}${when.map((one) => ` if ${describeCondition(one)}`).join('')}`;
}

function describeSource(from: string | string[], separator?: string): string {
  const sources = [from].flat().map((source) => `\`${source}\``);
  return separator === undefined ? sources.join(', ') : `${sources.join(' and ')} joined by \`${separator}\``;
}

function describeWords(words: object): string {
  const byValue = new Map<unknown, string[]>();
  for (const [word, value] of Object.entries(words))
    byValue.set(value, [...(byValue.get(value) ?? []), word]);
  return [...byValue]
    .map(
      ([value, own]) =>
        `${own.join(', ')}${own.length === 1 && own[0] === value ? '' : ` → ${value ?? 'nothing'}`}`,
    )
    .join('; ');
}

function describeCondition({ from, in: values }: ConditionJson): string {
  return `${describeSource(from)} is ${values.join(', ')}`;
}

if (import.meta.main) {
  mkdirSync(pagesFolder, { recursive: true });
  for (const [file, text] of renderPages([...loadPresets().values()]))
    writeFileSync(join(pagesFolder, file), text);
}
