/**
 * Twilio and SignalWire: HMAC-SHA1 over the URL and the sorted fields of the form.
 *
 * The URL is signed as it was configured, and requested with its query sorted and some characters escaped. So the
 * signature is checked against the orders and spellings that the configured URL may have had, and no more than
 * `candidatesMax` of them.
 */
import { createHmac, hash } from 'node:crypto';
import { isOwnKeyName } from '../own-key-names.ts';
import { formOf, headerOf, isForm, isSame, type Scheme, type SignedRequest } from '../signed-request.ts';

/** 5 µs each. All orders of six parameters beside the key, with and without a port, are 1,440. */
const candidatesMax = 1_500;
const permutedMax = { besideKey: 6, withKey: 5 };
const bodyHashName = 'bodySHA256';

export const twilio: Scheme = {
  secret: 'the auth token of the Twilio account, or the signing key of the SignalWire space',
  isSecret: (text) => text.trim() !== '',
  coversQuery: () => true,
  check(request, secrets) {
    const presented = Buffer.from(
      headerOf(request, 'x-twilio-signature') || headerOf(request, 'x-signalwire-signature'),
      'base64',
    );
    if (presented.length === 0) {
      return 'Send the header X-Twilio-Signature or X-SignalWire-Signature, as these platforms do.';
    }
    const fields = signedFields(request);
    if (fields === null) {
      return `The body is not signed: send a form, or the SHA-256 of the body as ${bodyHashName} in the URL.`;
    }
    let tried = 0;
    for (const url of signedUrls(request.url)) {
      if (++tried > candidatesMax) break;
      for (const secret of secrets) {
        if (isSame(presented, createHmac('sha1', secret).update(url).update(fields).digest())) return null;
      }
    }
    return 'The signature does not match: set the auth token of the account that sends, and give the platform the URL that begins with PUBLIC_URL.';
  },
};

/** Every field's name and values, in order; null if nothing signs the body. */
function signedFields(request: SignedRequest): string | null {
  const bodyHash = new URLSearchParams(request.url.split('?', 2)[1]).get(bodyHashName);
  if (bodyHash !== null) {
    const expected = Buffer.from(hash('sha256', request.body, 'hex'));
    return isSame(Buffer.from(bodyHash.toLowerCase()), expected) ? '' : null;
  }
  if (request.body.length > 0 && !isForm(request)) return null;
  const form = formOf(request);
  const names = [...new Set(form.map(([name]) => name))].sort();
  return names
    .map((name) => {
      const values = form.filter(([other]) => other === name).map(([, value]) => value);
      return [...new Set(values)]
        .sort()
        .map((value) => name + value)
        .join('');
    })
    .join('');
}

/** The URLs that may have been signed, the likely ones first. */
function* signedUrls(url: string): Generator<string> {
  const mark = url.indexOf('?');
  const base = mark === -1 ? url : url.slice(0, mark);
  const bases = withAndWithoutPort(base);
  if (mark === -1) {
    yield* bases;
    return;
  }
  for (const query of orders(url.slice(mark + 1))) {
    for (const spelled of spellings(query)) {
      for (const one of bases) yield `${one}?${spelled}`;
    }
  }
}

/** Both platforms sign the URL with its port or without, and their own libraries check both. */
function withAndWithoutPort(base: string): string[] {
  const { port, protocol } = new URL(base);
  const without = base.replace(/^(\w+:\/\/[^/]*?):\d+(?=\/|$)/, '$1');
  const standard = protocol === 'https:' ? 443 : 80;
  const withPort = port === '' ? without.replace(/^\w+:\/\/[^/]*/, (host) => `${host}:${standard}`) : base;
  return [without, withPort];
}

/**
 * A configured URL begins with what is copied from Ringback. What the platform adds follows it, in its order: its own
 * parameters, which begin with a capital letter, and the hash of the body.
 */
function* orders(query: string): Generator<string> {
  yield query;
  const pairs = query.split('&');
  const nameOf = (pair: string) => pair.split('=', 1)[0] ?? '';
  const key = pairs.filter((pair) => isOwnKeyName(nameOf(pair)));
  const added = pairs.filter((pair) => /^[A-Z]/.test(nameOf(pair)) || nameOf(pair) === bodyHashName);
  const own = pairs.filter((pair) => !key.includes(pair) && !added.includes(pair));
  if (own.length > permutedMax.besideKey) return yield [...key, ...own, ...added].join('&');
  for (const order of permutations(own)) yield [...key, ...order, ...added].join('&');
  if (key.length + own.length > permutedMax.withKey) return;
  for (const order of permutations([...key, ...own])) yield [...order, ...added].join('&');
}

/** In lexicographic order of places; the first is the order as it is. */
function* permutations(items: readonly string[]): Generator<string[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}

/** Characters that arrive escaped though they were signed as they are, or the other way round. */
function spellings(query: string): Set<string> {
  const quotes = [query, query.replaceAll("'", '%27'), query.replaceAll('%27', "'")];
  return new Set(quotes.flatMap((text) => [text, text.replaceAll('+', '%20'), text.replaceAll('%20', '+')]));
}
