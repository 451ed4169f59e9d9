import { expect, test } from 'vitest';
import { isSameOrigin } from './same-origin.ts';

const publicUrl = 'https://ring.example';

test.each([
  ['the browser says so', { 'sec-fetch-site': 'same-origin', origin: 'https://other.name', host: 'x' }, true],
  ['the origin of the public URL', { origin: publicUrl, host: 'inner:8080' }, true],
  ['the host that was asked', { origin: 'https://10.0.0.1:8443', host: '10.0.0.1:8443' }, true],
  ['a host in capitals', { origin: 'https://ring.example', host: 'RING.example' }, true],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: publicUrl, host: 'ring.example' }, false],
  [
    'a sibling',
    { 'sec-fetch-site': 'same-site', origin: 'https://evil.ring.example', host: 'ring.example' },
    false,
  ],
  ['an address that was typed', { 'sec-fetch-site': 'none', host: 'ring.example' }, false],
  ['another scheme', { origin: 'http://ring.example', host: 'ring.example' }, false],
  ['another port', { origin: 'https://ring.example:8443', host: 'ring.example' }, false],
  ['no origin', { host: 'ring.example' }, false],
  ['the origin "null" and no host', { origin: 'null' }, false],
  ['the origin "null"', { origin: 'null', host: 'null' }, false],
  ['no host', { origin: publicUrl }, false],
  ['an empty host', { origin: 'https://', host: '' }, false],
  ['no URL', { origin: 'ring.example', host: 'ring.example' }, false],
])('%s', (_name, headers, expected) => {
  expect(isSameOrigin(headers, publicUrl)).toBe(expected);
});
