/** Plivo, version 3: HMAC-SHA256 over URL, sorted parameters and nonce. It has no timestamp. */
import { createHmac } from 'node:crypto';
import {
  formOf,
  headerOf,
  isForm,
  isSame,
  type Scheme,
  type SignedRequest,
  sortPairs,
} from '../signed-request.ts';

export const plivoV3: Scheme = {
  secret: 'the auth token of the Plivo account or subaccount',
  isSecret: (text) => text.trim() !== '',
  coversQuery: () => true,
  check(request, secrets) {
    const nonce = headerOf(request, 'x-plivo-signature-v3-nonce');
    const presented = ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']
      .flatMap((name) => headerOf(request, name).split(','))
      .filter((one) => one.trim() !== '')
      .map((one) => Buffer.from(one, 'base64'));
    if (nonce === '' || presented.length === 0) {
      return 'Send the headers X-Plivo-Signature-V3 and X-Plivo-Signature-V3-Nonce, as Plivo does.';
    }
    if (request.body.length > 0 && !isForm(request)) {
      return 'Send a form: Plivo signs the fields of forms, and no other body.';
    }
    const signed = `${signedUrl(request)}.${nonce}`;
    const isSigned = secrets.some((secret) => {
      const expected = createHmac('sha256', secret).update(signed).digest();
      return presented.some((one) => isSame(one, expected));
    });
    return isSigned
      ? null
      : 'The signature does not match: set the auth token of the Plivo account, and give Plivo the URL that begins with PUBLIC_URL.';
  },
};

/** The query is signed decoded and sorted; the fields of a form follow without separators. */
function signedUrl(request: SignedRequest): string {
  const { method, url } = request;
  const mark = url.indexOf('?');
  const base = mark === -1 ? url : url.slice(0, mark);
  const query = sortPairs(mark === -1 ? [] : [...new URLSearchParams(url.slice(mark + 1))])
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const form = method === 'GET' ? [] : sortPairs(formOf(request));
  const fields = form.map(([name, value]) => name + value).join('');
  if (form.length === 0) return query === '' ? base : `${base}?${query}`;
  return query === '' ? `${base}?${fields}` : `${base}?${query}.${fields}`;
}
