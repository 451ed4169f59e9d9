/** Which addresses outgoing webhooks may reach, decided when a connection is made. */
import { lookup as lookupName } from 'node:dns';
import { lookup as lookupAll } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AddressList, readAddress } from '../../core/access/address-list.ts';
import { isPublicAddress } from '../../core/outgoing/requests/public-address.ts';

/** An address that may not be reached; the message is part of the attempt's log. */
export class AddressNotAllowed extends Error {}

const lookupMsMax = 2_000;

export class AddressGuard {
  readonly #allowed: AddressList;

  /** @param allowedNetworks CIDR ranges that may be reached although they are not of the internet */
  constructor(allowedNetworks: readonly string[]) {
    this.#allowed = new AddressList(allowedNetworks);
  }

  isAllowed(address: string): boolean {
    if (this.#allowed.has(address)) return true;
    return isPublicAddress(address) && !isOwnAddress(address);
  }

  /** @param host of a URL; addresses of IPv6 are in brackets. @throws AddressNotAllowed where it is a literal address */
  checkLiteral(host: string): void {
    const address = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(address) !== 0 && !this.isAllowed(address)) throw notAllowed(address);
  }

  /**
   * For `net.connect`: it connects to what this returns and looks nothing up again, so a name cannot mean one address
   * when it is checked and another one when it is used.
   */
  readonly lookup: LookupFunction = (hostname, options, done) => {
    lookupName(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, [], 0);
      const addresses = found.filter(({ address }) => this.isAllowed(address));
      const [first] = addresses;
      if (first === undefined) return done(notAllowed(found.map(({ address }) => address).join(', ')), [], 0);
      if (options.all === true) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };

  /** Why a URL may not be saved; null where it may, or where its name is not known now. */
  async explainHost(host: string): Promise<string | null> {
    try {
      this.checkLiteral(host);
      if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return null;
      const found = await Promise.race([
        lookupAll(host, { all: true }),
        new Promise<[]>((resolve) => setTimeout(resolve, lookupMsMax, []).unref()),
      ]);
      const isReachable = found.length === 0 || found.some(({ address }) => this.isAllowed(address));
      return isReachable ? null : notAllowed(found.map(({ address }) => address).join(', ')).message;
    } catch (error) {
      return error instanceof AddressNotAllowed ? error.message : null;
    }
  }
}

function notAllowed(address: string): AddressNotAllowed {
  return new AddressNotAllowed(
    `${address} is a private or local address: use a public one, or allow its network with OUTGOING_ALLOWED_NETWORKS.`,
  );
}

function isOwnAddress(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return own.some((one) => readAddress(one.address) === readAddress(address));
}
