/** Addresses and ranges of them, as people write them in settings: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [start: Address, bits: number];

/** Results that are cached: senders have few addresses. */
const verdictsMax = 1_000;

/** Tells whether an address is in one of some ranges. */
export class AddressList {
  readonly #ranges: Range[];
  readonly #verdicts = new Map<string, boolean>();

  /** @param ranges as `readRange` accepts them; others hold no address */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map(parseRange).filter((range) => range !== null);
  }

  has(address: string): boolean {
    const known = this.#verdicts.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    const verdict = parsed !== null && this.#ranges.some((range) => isIn(parsed, range));
    if (this.#verdicts.size === verdictsMax) this.#verdicts.clear();
    this.#verdicts.set(address, verdict);
    return verdict;
  }
}

/** An address or a CIDR range in its canonical form; null for anything else. */
export function readRange(text: string): string | null {
  const range = parseRange(text.trim());
  if (range === null) return null;
  const [start, bits] = range;
  return bits === bitsOf(start) ? canonicalText(start) : `${canonicalText(start)}/${bits}`;
}

/** The canonical form of one address, an IPv4 address within IPv6 as IPv4; null for anything else. */
export function readAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : canonicalText(address);
}

/** Whom an address belongs to: one of IPv4 to its machine, one of IPv6 to a network of 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parseAddress(address);
  if (parsed === null) return address;
  return parsed instanceof ipaddr.IPv4
    ? canonicalText(parsed)
    : canonicalText(ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/64`));
}

function isIn(address: Address, [start, bits]: Range): boolean {
  return address.kind() === start.kind() && address.match(start, bits);
}

function parseAddress(text: string): Address | null {
  const [plain = ''] = text.split('%', 1); // fe80::1%eth0
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (!plain.includes(':') || !ipaddr.IPv6.isValid(plain)) return null;
  const address = ipaddr.IPv6.parse(plain);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** With the bits of the host cut off; a range of IPv4 within IPv6 as one of IPv4. */
function parseRange(text: string): Range | null {
  const [start = '', bitsText, ...more] = text.split('/');
  const address = start.includes('%') ? null : parseAddress(start);
  if (address === null || more.length > 0) return null;
  if (bitsText === undefined) return [address, bitsOf(address)];
  if (!/^\d{1,3}$/.test(bitsText)) return null;
  const isMapped = start.includes(':') && address.kind() === 'ipv4';
  const bits = Number(bitsText) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > bitsOf(address)) return null;
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  return [family.networkAddressFromCIDR(`${address}/${bits}`), bits];
}

function canonicalText(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

function bitsOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}
