/**
 * Sign-in by OpenID Connect. Who may sign in are people who were invited, by the address that the provider verified.
 * Between the two requests the browser keeps state, nonce and code verifier in a cookie that no script reads.
 */
import cookies from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenIdProvider, OpenIdSecrets } from '../../../clients/openid-provider.ts';
import { isJsonObject } from '../../../core/values/json/json.ts';
import type { FoundPerson } from '../../../store/store.ts';
import type { Api } from '../route.ts';
import { startSession } from './start-session.ts';

/** Why the browser is back on the sign-in page: its parameter `failed`. */
type Failure = 'expired' | 'canceled' | 'unreachable' | 'rejected' | 'not_verified' | 'not_invited';

/** `from`: the page to go on to; `account`: the one that was chosen by a person of several */
type Flow = OpenIdSecrets & { from: string; account: string | null };

const flowSeconds = 600;
export const openIdCallbackPath = '/api/v1/session/openid/callback';

export function registerOpenIdRoutes(
  app: FastifyInstance,
  api: Pick<Api, 'store' | 'publicUrl' | 'authFailures'>,
  provider: OpenIdProvider,
): void {
  app.register(cookies);
  const isSecure = () => api.publicUrl().startsWith('https:');
  const cookieName = () => `${isSecure() ? '__Host-' : ''}ringback_openid`;
  // The provider's page leads back: a strict cookie would not come along.
  const cookieOptions = () => ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: isSecure(),
    maxAge: flowSeconds,
  });
  const goTo = (reply: FastifyReply, path: string) =>
    reply.header('cache-control', 'no-store').redirect(`${api.publicUrl()}${path}`, 302);
  const fail = (reply: FastifyReply, failure: Failure, from = '/') =>
    goTo(reply, `/sign-in?${new URLSearchParams({ failed: failure, ...(from !== '/' && { from }) })}`);

  app.get<{ Querystring: Record<string, unknown> }>(
    '/session/openid',
    { schema: { hide: true } },
    async (request, reply) => {
      const { from, account } = request.query;
      const page = isOwnPath(from) ? from : '/';
      try {
        const { url, secrets } = await provider.begin();
        const flow: Flow = { ...secrets, from: page, account: typeof account === 'string' ? account : null };
        reply.setCookie(
          cookieName(),
          Buffer.from(JSON.stringify(flow)).toString('base64url'),
          cookieOptions(),
        );
        return reply.header('cache-control', 'no-store').redirect(url.href, 302);
      } catch (error) {
        request.log.warn({ err: error }, 'the OpenID provider cannot be reached');
        return fail(reply, 'unreachable', page);
      }
    },
  );

  app.get('/session/openid/callback', { schema: { hide: true } }, async (request, reply) => {
    const flow = readFlow(request.cookies[cookieName()]);
    reply.clearCookie(cookieName(), { ...cookieOptions(), maxAge: 0 });
    if (flow === null || api.authFailures.isSlowed(request.sourceIp)) return fail(reply, 'expired');
    const email = await findOut(request, flow);
    if (typeof email !== 'string') return fail(reply, email.failure, flow.from);
    const people = await api.store.findPeopleByEmail(email);
    const chosen = people.filter(({ owner }) => flow.account === null || owner.accountId === flow.account);
    const [person] = chosen;
    if (person === undefined) return fail(reply, 'not_invited', flow.from);
    if (chosen.length > 1) return goTo(reply, `/sign-in?${askWhich(chosen, flow.from)}`);
    await startSession(api, request, reply, person.owner, null);
    return goTo(reply, flow.from);
  });

  /** The verified address, or why there is none. */
  async function findOut(request: FastifyRequest, flow: Flow): Promise<string | { failure: Failure }> {
    const at = request.url.indexOf('?');
    try {
      const { email } = await provider.finish(at < 0 ? '' : request.url.slice(at), flow);
      return email ?? { failure: 'not_verified' };
    } catch (error) {
      api.authFailures.fail(request.sourceIp);
      const isCanceled = isJsonObject(error) && error['error'] === 'access_denied';
      request.log.warn({ err: error }, 'a sign-in by OpenID Connect failed');
      return { failure: isCanceled ? 'canceled' : 'rejected' };
    }
  }
}

/** Which of several accounts to sign in to. The names are in the fragment, which no log sees. */
function askWhich(people: FoundPerson[], from: string): string {
  const accounts = people.map(({ owner, accountName }) => ({ id: owner.accountId, name: accountName }));
  return `${new URLSearchParams({ from })}#${new URLSearchParams({ accounts: JSON.stringify(accounts) })}`;
}

function readFlow(cookie: string | undefined): Flow | null {
  if (cookie === undefined) return null;
  let flow: unknown;
  try {
    flow = JSON.parse(Buffer.from(cookie, 'base64url').toString());
  } catch {
    return null;
  }
  if (!isJsonObject(flow)) return null;
  const { state, nonce, codeVerifier, from, account } = flow;
  const isWhole = typeof state === 'string' && typeof nonce === 'string' && typeof codeVerifier === 'string';
  if (!isWhole || !isOwnPath(from)) return null;
  return { state, nonce, codeVerifier, from, account: typeof account === 'string' ? account : null };
}

/** A path of this server, and no address of another site. */
function isOwnPath(path: unknown): path is string {
  return typeof path === 'string' && path.length <= 2_000 && /^\/(?![/\\])[!-~]*$/.test(path);
}
