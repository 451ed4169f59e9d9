/** Reads the setting `verify` of a webhook or a preset: the name of a scheme, or an object with its settings. */
import { isJsonObject } from '../values/json/json.ts';
import { hmacEncodings, hmacHashes } from './schemes/hmac.ts';
import { type SchemeName, schemeNames, type Verify } from './verify.ts';

/** What is wrong with one part of it. */
type VerifyFault = { pointer: string; detail: string };

const settingNames = [
  'header',
  'hash',
  'encoding',
  'prefix',
  'content',
  'timestamp_header',
  'timestamp_prefix',
  'tolerance_seconds',
];
const textCharsMax = 200;
const toleranceSecondsMax = 86_400;

/** Never throws. @returns every fault, or the scheme ready to check with */
export function readVerify(value: unknown): { verify: Verify } | { faults: VerifyFault[] } {
  const settings = typeof value === 'string' ? { scheme: value } : value;
  if (!isJsonObject(settings)) return faultsOf('', 'Send the name of a scheme, or {"scheme":"hmac", …}.');
  const scheme = schemeNames.find((name) => name === settings['scheme']);
  if (scheme === undefined) return faultsOf('/scheme', `Send one of: ${schemeNames.join(', ')}.`);
  const reader = new SettingReader(settings);
  reader.rejectUnknown(scheme === 'hmac' ? settingNames : [], scheme);
  const verify = scheme === 'hmac' ? readHmac(reader) : { scheme };
  return reader.faults.length > 0 ? { faults: reader.faults } : { verify };
}

function readHmac(reader: SettingReader): Verify {
  const content = reader.text('content', '{body}', /./);
  const isTimed = content.includes('{timestamp}');
  if (!isTimed && reader.has('tolerance_seconds')) {
    reader.fault(
      'tolerance_seconds',
      'Put {timestamp} into content: a time that is not signed proves nothing.',
    );
  }
  return {
    scheme: 'hmac',
    header: reader.text('header', null, /^[\w-]+$/).toLowerCase(),
    hash: reader.oneOf('hash', hmacHashes, 'sha256'),
    encoding: reader.oneOf('encoding', hmacEncodings, 'hex'),
    prefix: reader.text('prefix', ''),
    content,
    timestampHeader: reader.has('timestamp_header')
      ? reader.text('timestamp_header', null, /^[\w-]+$/).toLowerCase()
      : null,
    timestampPrefix: reader.text('timestamp_prefix', 't=', /./),
    toleranceSeconds: reader.wholeNumber('tolerance_seconds', 300, toleranceSecondsMax),
  };
}

class SettingReader {
  readonly faults: VerifyFault[] = [];
  readonly #settings: Record<string, unknown>;

  constructor(settings: Record<string, unknown>) {
    this.#settings = settings;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#settings, name);
  }

  fault(name: string, detail: string): void {
    this.faults.push({ pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, detail });
  }

  rejectUnknown(known: readonly string[], scheme: SchemeName): void {
    for (const name of Object.keys(this.#settings)) {
      if (name === 'scheme' || known.includes(name)) continue;
      const takes = known.length === 0 ? 'takes no settings' : `takes ${known.join(', ')}`;
      this.fault(name.slice(0, textCharsMax), `Leave it out: ${scheme} ${takes}.`);
    }
  }

  /** @param byDefault null if it must be sent */
  text(name: string, byDefault: string | null, form = /^/): string {
    const value = this.has(name) ? this.#settings[name] : byDefault;
    if (typeof value === 'string' && value.length <= textCharsMax && form.test(value)) return value;
    this.fault(
      name,
      `Send text of at most ${textCharsMax} characters${name.endsWith('header') ? ', the name of a header' : ''}.`,
    );
    return '';
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], byDefault: Choice): Choice {
    if (!this.has(name)) return byDefault;
    const chosen = choices.find((choice) => choice === this.#settings[name]);
    if (chosen === undefined) this.fault(name, `Send one of: ${choices.join(', ')}.`);
    return chosen ?? byDefault;
  }

  wholeNumber(name: string, byDefault: number, max: number): number {
    const value = this.has(name) ? this.#settings[name] : byDefault;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
    this.fault(name, `Send a whole number from 1 to ${max}.`);
    return byDefault;
  }
}

function faultsOf(pointer: string, detail: string): { faults: VerifyFault[] } {
  return { faults: [{ pointer, detail }] };
}
