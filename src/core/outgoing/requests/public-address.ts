import ipaddr from 'ipaddr.js';
import { readAddress } from '../../access/address-list.ts';

/** True for an address of the internet: not loopback, private, link-local, multicast, reserved, or one that embeds another. */
export function isPublicAddress(text: string): boolean {
  const address = readAddress(text);
  return address !== null && ipaddr.parse(address).range() === 'unicast';
}
