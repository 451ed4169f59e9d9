/** A provider of OpenID Connect: authorization code with PKCE, state and nonce. All checks are those of `openid-client`. */
import * as client from 'openid-client';

export type OpenIdSettings = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** how the sign-in page names the provider */
  name: string;
};

/** What ties the provider's answer to the browser that asked. */
export type OpenIdSecrets = { state: string; nonce: string; codeVerifier: string };

/** `email`: in lower case; null where the provider gives none, or does not say that it verified it */
export type Identity = { email: string | null };

const timeoutSeconds = 10;

export class OpenIdProvider {
  readonly name: string;
  readonly #settings: OpenIdSettings;
  readonly #redirectUrl: () => string;
  #configuration: Promise<client.Configuration> | null = null;

  /** @param redirectUrl where the provider sends the browser back to */
  constructor(settings: OpenIdSettings, redirectUrl: () => string) {
    this.name = settings.name;
    this.#settings = settings;
    this.#redirectUrl = redirectUrl;
  }

  /** The provider's page to send the browser to. @throws where the provider cannot be reached */
  async begin(): Promise<{ url: URL; secrets: OpenIdSecrets }> {
    const configuration = await this.#discover();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const codeVerifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUrl(),
      scope: 'openid email',
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url, secrets: { state, nonce, codeVerifier } };
  }

  /**
   * Who signed in. @param query of the address that the provider sent the browser to
   * @throws where the answer is not one to these secrets, or the provider rejects it
   */
  async finish(query: string, { state, nonce, codeVerifier }: OpenIdSecrets): Promise<Identity> {
    const configuration = await this.#discover();
    const tokens = await client.authorizationCodeGrant(
      configuration,
      new URL(`${this.#redirectUrl()}${query}`),
      { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier },
    );
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('the provider sent no ID token');
    if (claims.email !== undefined) return identityOf(claims);
    // Many providers keep the address out of the ID token.
    return identityOf(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub));
  }

  /**
   * Whether the provider is there and knows this client: it is sent a code that it never made.
   * @throws where it cannot be reached, or rejects id and secret
   */
  async check(): Promise<void> {
    const configuration = await this.#discover();
    const parameters = {
      code: 'check',
      redirect_uri: this.#redirectUrl(),
      code_verifier: client.randomPKCECodeVerifier(),
    };
    try {
      await client.genericGrantRequest(configuration, 'authorization_code', parameters);
    } catch (error) {
      const isCodeWrong = error instanceof client.ResponseBodyError && error.error === 'invalid_grant';
      if (!isCodeWrong) throw error;
    }
  }

  /** Asked once; again after a failure. */
  #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const url = new URL(issuer);
    this.#configuration ??= client
      .discovery(url, clientId, clientSecret, undefined, {
        timeout: timeoutSeconds,
        // The settings accept plain HTTP for this machine only.
        ...(url.protocol === 'http:' && { execute: [client.allowInsecureRequests] }),
      })
      .catch((error: unknown) => {
        this.#configuration = null;
        throw error;
      });
    return this.#configuration;
  }
}

function identityOf({ email, email_verified: isVerified }: Record<string, unknown>): Identity {
  return { email: typeof email === 'string' && isVerified === true ? email.trim().toLowerCase() : null };
}
