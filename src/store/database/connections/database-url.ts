/** What DATABASE_URL says: of TLS by libpq's names, of all else by the driver's. */
const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Parameters of a URL that concern TLS. Others go to the driver. */
export const tlsParameters = [
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslcrl'],
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'channel_binding', 'sslnegotiation'],
] as const;
export type TlsParameters = Partial<Record<(typeof tlsParameters)[number], string>>;

/** Such as `PGSSLMODE`. */
export function environmentNameOf(name: (typeof tlsParameters)[number]): string {
  return `PG${name.replaceAll('_', '').toUpperCase()}`;
}

/**
 * What is wrong with the URL, or null. Its texts show no part of the URL, for where a password has an unencoded `@`, `/`, `?` or `#`
 * any part may be of the password.
 */
export function findUrlFault(url: string): string | null {
  const parsed = parseUrl(url);
  const form =
    'Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and in user, password and database write @ as %40, / as %2F, ? as %3F, # as %23 and % as %25.';
  if (parsed === null) return `cannot be read. ${form}`;
  const { hash, pathname, searchParams } = parsed;
  const isCut =
    hash !== '' ||
    /[@/]/.test(pathname.slice(1)) ||
    [...searchParams.keys()].some((name) => !/^\w+$/.test(name));
  if (isCut) return `has characters that must be percent-encoded. ${form}`;
  const unknown = [...searchParams.keys()].filter(
    (name) => /^ssl/.test(name) && !tlsParameters.some((known) => known === name),
  );
  if (unknown.length > 0) {
    return `has parameters that Ringback does not have: ${unknown.join(', ')}. It has ${tlsParameters.join(', ')}.`;
  }
  const mode = searchParams.get('sslmode');
  if (mode !== null && !modes.includes(mode))
    return `has an unknown sslmode. Use one of: ${modes.join(', ')}.`;
  if (searchParams.get('sslrootcert') === 'system' && mode !== null && mode !== 'verify-full')
    return 'has sslrootcert=system, which needs sslmode=verify-full.';
  return null;
}

/** TLS parameters are not for the driver, which gives them other meanings. */
export function splitUrl(url: string): { connectionString: string; tls: TlsParameters; host: string } {
  const [address = '', query = ''] = url.split(/\?(.*)/s);
  const pairs = query.split('&').filter((pair) => pair !== '');
  const isOfTls = (pair: string) => tlsParameters.some((name) => pair.startsWith(`${name}=`));
  const rest = pairs.filter((pair) => !isOfTls(pair)).join('&');
  const parsed = parseUrl(url);
  return {
    connectionString: rest === '' ? address : `${address}?${rest}`,
    tls: Object.fromEntries(new URLSearchParams(pairs.filter(isOfTls).join('&'))),
    host:
      parsed?.searchParams.get('host') ??
      decodeURIComponent(parsed?.hostname ?? '').replace(/^\[(.*)\]$/, '$1'),
  };
}

/** A URL of a unix socket may name a user and no host. */
function parseUrl(url: string): URL | null {
  return URL.parse(url.replace('@/', '@localhost/'));
}
