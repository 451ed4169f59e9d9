import ipaddr from 'ipaddr.js';
import { AddressList, readAddress } from '../../access/address-list.ts';

/** Of IPv6, all that is given to anybody is here; what is in front of it may embed any address of IPv4. */
const internet = new AddressList(['0.0.0.0/0', '2000::/3']);

/** True for an address of the internet: not loopback, private, link-local, multicast, reserved, or one that embeds another. */
export function isPublicAddress(text: string): boolean {
  const address = readAddress(text);
  return address !== null && internet.has(address) && ipaddr.parse(address).range() === 'unicast';
}
