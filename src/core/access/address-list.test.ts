import { describe, expect, test } from 'vitest';
import { AddressList, networkOf, readAddress, readRange } from './address-list.ts';

describe('a range', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1/104', '10.0.0.0/8'],
  ])('%s is kept as %s', (text, canonical) => expect(readRange(text)).toBe(canonical));

  test.each([
    '',
    'x',
    '10',
    '10.0.0',
    '0x0a.0.0.1',
    '010.0.0.1',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8.5',
    '::/129',
    '::ffff:10.0.0.1/95',
    'fe80::1%eth0',
    ':::',
    'localhost',
    '10.0.0.1:80',
  ])('%j is none', (text) => expect(readRange(text)).toBeNull());
});

describe('a list', () => {
  const list = new AddressList(['203.0.113.0/28', '198.51.100.7', '2001:db8:1::/48', 'fe80::/10']);

  test.each([
    '203.0.113.0',
    '203.0.113.15',
    '::ffff:203.0.113.3',
    '198.51.100.7',
    '2001:db8:1::',
    '2001:0db8:0001:ffff::1',
    'fe80::1%eth0',
  ])('holds %s', (address) => {
    expect(list.has(address)).toBe(true);
    expect(list.has(address)).toBe(true); // from the cache
  });

  test.each(['203.0.113.16', '198.51.100.6', '2001:db8:2::', '::cb00:7100', '', 'unknown', '203.0.113.1.'])(
    'does not hold %j',
    (address) => expect(list.has(address)).toBe(false),
  );

  test('of IPv4 holds nothing of IPv6, nor the other way round', () => {
    expect(new AddressList(['0.0.0.0/0']).has('2001:db8::1')).toBe(false);
    expect(new AddressList(['::/0']).has('203.0.113.1')).toBe(false);
    expect(new AddressList(['0.0.0.0/0']).has('::ffff:203.0.113.1')).toBe(true);
  });

  test('answers right however many addresses were asked about', () => {
    const one = new AddressList(['10.0.0.0/24']);
    for (let at = 0; at < 5_000; at += 1) {
      expect(one.has(`10.0.${at >> 8}.${at & 255}`)).toBe(at < 256);
    }
  });
});

test('an address has one canonical form', () => {
  expect(readAddress('::FFFF:1.2.3.4')).toBe('1.2.3.4');
  expect(readAddress('2001:DB8::0:1')).toBe('2001:db8::1');
  expect(readAddress('unknown')).toBeNull();
});

test('a network is an address of IPv4, or 64 bits of IPv6', () => {
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
  expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::');
  expect(networkOf('2001:db8:1:2::9')).toBe(networkOf('2001:db8:1:2:ffff::'));
  expect(networkOf('2001:db8:1:3::9')).not.toBe(networkOf('2001:db8:1:2::9'));
  expect(networkOf('nonsense:')).toBe('nonsense:');
});
