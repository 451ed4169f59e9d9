/** A real provider of OpenID Connect, with the login pages that it brings for development. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { OpenIdSettings } from '../../../src/clients/openid-provider.ts';

export type TestProvider = {
  settings: OpenIdSettings;
  /** Who signs in by a name is known by the address of that name; `unverified@…` is not verified. */
  serve(redirectUrl: string): void;
  stop(): Promise<void>;
};

/** Listens, and answers once it knows where to send browsers back to. */
export async function startProvider(): Promise<TestProvider> {
  const server = createServer({ keepAliveTimeout: 72_000 }); // see PrefixProxy
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const settings = { issuer, clientId: 'ringback', clientSecret: 'kept-by-both', name: 'Acme' };
  return {
    settings,
    serve(redirectUrl) {
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: settings.clientId,
            client_secret: settings.clientSecret,
            redirect_uris: [redirectUrl],
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        cookies: { keys: ['signs the cookies of this test'] },
        ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
        pkce: { required: () => true },
        findAccount: (_context, accountId) => ({
          accountId,
          claims: () => ({
            sub: accountId,
            email: accountId,
            email_verified: !accountId.startsWith('unverified'),
          }),
        }),
      });
      server.on('request', provider.callback());
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A browser without pages: it follows redirects with the cookies of each host, and fills in the provider's forms. */
export class FormBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #urlOf: (url: string) => string;

  /** @param urlOf where a URL is reached in the test */
  constructor(urlOf: (url: string) => string = (url) => url) {
    this.#urlOf = urlOf;
  }

  cookie(url: string, name: string): string | undefined {
    return this.#jarOf(url).get(name);
  }

  /** Goes on until `isEnd`, signs in with `login` on the way. @returns the URL where it ended */
  async follow(start: string, login: string, isEnd: (url: string) => boolean): Promise<string> {
    let [url, form]: [string, Record<string, string> | null] = [start, null];
    for (let step = 0; step < 20; step += 1) {
      if (isEnd(url)) return url;
      const response = await this.ask(url, form);
      const location = response.headers.get('location');
      const page = await response.text();
      if (location !== null) {
        [url, form] = [new URL(location, url).href, null];
        continue;
      }
      const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (action === undefined || prompt === undefined)
        throw new Error(`no form at ${url}: ${response.status} ${page.slice(0, 500)}`);
      url = new URL(action, url).href;
      form = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    }
    throw new Error(`too many redirects, the last to ${url}`);
  }

  async ask(url: string, form: Record<string, string> | null = null): Promise<Response> {
    const jar = this.#jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#urlOf(url), {
      redirect: 'manual',
      headers: { cookie },
      ...(form !== null && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  #jarOf(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }
}
