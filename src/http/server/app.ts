import type { IncomingMessage } from 'node:http';
import swagger from '@fastify/swagger';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Mailer } from '../../clients/mailer.ts';
import { OpenIdProvider, type OpenIdSettings } from '../../clients/openid-provider.ts';
import type { AddressList } from '../../core/access/address-list.ts';
import type { PasswordCost } from '../../core/access/password.ts';
import type { Presets } from '../../core/mapping/preset.ts';
import { webhookTypes } from '../../core/updates/fields/webhook-type.ts';
import { reject } from '../../core/updates/rejection.ts';
import type { Writer } from '../../ingest/writer.ts';
import type { Store } from '../../store/store.ts';
import { registerDocs } from '../docs/docs-routes.ts';
import { AuthFailureLimiter, goodMax } from '../guards/auth-failure-limiter.ts';
import { noteSourceIp } from '../guards/source-ip.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { registerApi } from '../operator/api.ts';
import type { OutgoingPort } from '../operator/route.ts';
import { sharedSchemas } from '../operator/shared-schemas.ts';
import { openIdCallbackPath, registerOpenIdRoutes } from '../operator/sign-in/openid-routes.ts';
import { PasswordSignIn } from '../operator/sign-in/password-sign-in.ts';
import { registerSignIn } from '../operator/sign-in/sign-in.ts';
import { registerTwilioRoute } from '../operator/twilio/twilio.ts';
import { registerBatchRoutes } from '../postbacks/batch-routes.ts';
import { createBulkLimit } from '../postbacks/bulk.ts';
import type { PostbackLines } from '../postbacks/postback-lines.ts';
import { registerPostbackRoutes } from '../postbacks/postback-routes.ts';
import type { InvalidKeys } from '../postbacks/rejections/invalid-keys.ts';
import { RejectedRepeats } from '../postbacks/rejections/rejected-repeats.ts';
import { rejectUnreadableUrl } from '../postbacks/request/unreadable-url.ts';
import { WebhookDirectory } from '../postbacks/webhook-directory.ts';
import { BodyBytes } from './body/body-bytes.ts';
import { limitBodyTime } from './body/body-deadline.ts';
import { closeUnreadBodies } from './body/unread-bodies.ts';
import { closeConnectionsOnClose } from './close-connections.ts';
import { answerHalfClosed, limitPipelining } from './connections.ts';
import { createErrorMapper } from './errors/errors.ts';
import { sendProblem } from './errors/problem.ts';
import { answerUnreadable, type UnreadableAnswer, type UnreadableHead } from './errors/unreadable-request.ts';
import { compileValidator, rejectionOfValidation } from './errors/validation.ts';
import { describeApi } from './openapi.ts';
import { registerSystemRoutes } from './system-routes.ts';
import { readPage, registerUi, sendNotFoundPage, tellBrowsersFromSenders, wantsPage } from './ui.ts';
import { WorkSlices } from './work-slices.ts';

/** Told to those who post to another path, such as the name of the webhook's type. */
const endpointPaths = Object.values(webhookTypes)
  .map(({ path }) => `/${path}`)
  .join(', ');

export type AppOptions = {
  store: Store;
  presets: Presets;
  writer: Pick<Writer, 'submit' | 'submitAtomic'>;
  metrics: Metrics;
  lines: PostbackLines;
  invalidKeys: InvalidKeys;
  log: FastifyBaseLogger;
  /** without a slash at the end; known once the port is */
  publicUrl(): string;
  twilioAuthToken: string | null;
  /** null: no header is believed that names another address than the connection's */
  trustedProxies: AddressList | null;
  outgoing: OutgoingPort;
  /** null: not set up */
  mailer: Mailer | null;
  openId: OpenIdSettings | null;
  passwordCost: PasswordCost;
  /** where the build of the web UI lies; null: there is none */
  uiFolder: string | null;
};

/** A percent-encoded call id of 128 characters of 4 bytes. */
const paramLengthMax = 128 * 4 * 3;
/** Headers that have not arrived by then are cut off with 408, at the next sweep. */
const headersTimeoutMs = 20_000;
const headersSweepMs = 5_000;
const bodyMsMax = 20_000;
/** Of a body that is not read yet: Node would take in 64 KiB for each connection. */
const unreadBytesMax = 16 * 1024;
const keepAliveTimeoutMs = 72_000;

/** The HTTP side of the server, ready to listen. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { store, presets, writer, metrics, lines, invalidKeys, log } = options;
  const { publicUrl, twilioAuthToken, trustedProxies, uiFolder, outgoing, mailer } = options;
  const rejectionOf = createErrorMapper(store);
  let answerUnreadableAt = async (_head: UnreadableHead): Promise<UnreadableAnswer | null> => null;
  const basePath = new URL(publicUrl()).pathname.replace(/\/$/, '');
  const page = uiFolder === null ? null : readPage(uiFolder, basePath);
  const rewriteUrl = ({ url = '/' }: IncomingMessage) => withoutBasePath(url, basePath);
  const app = fastify({
    ...(basePath !== '' && { rewriteUrl }),
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost each one a few microseconds, and hardly any of them logs.
    childLoggerFactory: (logger) => logger,
    requestTimeout: 0,
    http: { connectionsCheckingInterval: headersSweepMs, highWaterMark: unreadBytesMax },
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what came on a connection that was open is accepted
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: paramLengthMax, ignoreTrailingSlash: true },
    clientErrorHandler: (error, socket) => {
      answerUnreadable(error, socket, answerUnreadableAt).catch((failure: unknown) => {
        log.warn({ err: failure }, 'a request that cannot be parsed was not answered');
        socket.destroy();
      });
    },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, rejectionOf(error, log));
    },
  });
  tellBrowsersFromSenders(app);
  app.server.headersTimeout = headersTimeoutMs;
  answerHalfClosed(app.server);
  limitPipelining(app.server);
  noteSourceIp(app, trustedProxies);
  closeConnectionsOnClose(app);
  closeUnreadBodies(app);
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(() => JSON.stringify); // response schemas are documentation
  app.setErrorHandler((error, request, reply) => {
    sendProblem(reply, rejectionOfValidation(error, request) ?? rejectionOf(error, request.log));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const methods = ['GET', 'POST', 'PATCH', 'DELETE'].filter((method) =>
      app.findRoute({ method: method as 'GET', url: request.url.split('?')[0] ?? '/' }),
    );
    if (methods.length === 0 && page !== null && wantsPage(request)) return sendNotFoundPage(reply, page);
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(
        reply,
        reject('not_found', `Check the path: postbacks go to ${endpointPaths}. See /docs for all there are.`),
      );
    reply.header('allow', methods.join(', '));
    return sendProblem(reply, reject('method_not_allowed', `Use ${methods.join(' or ')} here.`));
  });
  for (const schema of sharedSchemas) app.addSchema(schema);
  await app.register(swagger, describeApi());
  registerDocs(app, () => ({ basePath, publicUrl: publicUrl() }));
  const authFailures = new AuthFailureLimiter(() => performance.now());
  authFailures.trust(await store.listSecretHashes(goodMax));
  const directory = new WebhookDirectory(store.findWebhookByKey, authFailures, publicUrl);
  const bulkLimit = createBulkLimit();
  const bodyBytes = new BodyBytes();
  const slices = new WorkSlices();
  await app.register(async (scope) => {
    const endpoint = {
      ...{ writer, directory, authFailures, metrics, lines, rejectionOf, publicUrl },
      ...{
        invalidKeys,
        bodyBytes,
        slices,
        bulkLimit,
        callNames: store,
        repeated: new RejectedRepeats(store.countRejectedRepeats),
      },
    };
    limitBodyTime(scope, bodyMsMax);
    registerPostbackRoutes(scope, endpoint);
    registerBatchRoutes(scope, endpoint, bulkLimit);
    answerUnreadableAt = (head) =>
      rejectUnreadableUrl(endpoint, { ...head, url: withoutBasePath(head.url, basePath) });
  });
  await app.register(async (scope) => {
    limitBodyTime(scope, bodyMsMax);
    const authToken = twilioAuthToken;
    registerTwilioRoute(scope, {
      ...{ store, presets, writer, metrics, lines, publicUrl, authToken, bodyBytes, authFailures },
    });
  });
  const passwords = new PasswordSignIn({ store, authFailures }, options.passwordCost);
  const openId =
    options.openId && new OpenIdProvider(options.openId, () => `${publicUrl()}${openIdCallbackPath}`);
  const signIn = async (scope: FastifyInstance) => {
    forbidSniffing(scope);
    limitBodyTime(scope, bodyMsMax);
    registerSignIn(scope, { store, publicUrl, authFailures, bodyBytes, passwords, mailer, openId });
  };
  if (openId !== null) {
    // In a separate scope: the provider's site sends browsers here.
    const openIdRoutes = async (scope: FastifyInstance) =>
      registerOpenIdRoutes(scope, { store, publicUrl, authFailures }, openId);
    await app.register(openIdRoutes, { prefix: '/api/v1' });
  }
  await app.register(signIn, { prefix: '/api/v1' });
  const api = async (scope: FastifyInstance) => {
    forbidSniffing(scope);
    limitBodyTime(scope, bodyMsMax);
    scope.addHook('onResponse', async (_request, { statusCode }) => metrics.countApiRequest(statusCode));
    registerApi(scope, {
      store,
      presets,
      writer,
      metrics,
      lines,
      rejectionOf,
      authFailures,
      bulkLimit,
      bodyBytes,
      publicUrl,
      outgoing,
      passwords,
      mailer,
    });
  };
  await app.register(api, { prefix: '/api/v1' });
  await app.register(async (scope) => registerSystemRoutes(scope, { store, metrics, publicUrl }));
  if (uiFolder !== null && page !== null)
    await app.register(async (scope) => registerUi(scope, uiFolder, page, basePath));
  return app;
}

/** A proxy may remove the path of PUBLIC_URL. */
function withoutBasePath(url: string, basePath: string): string {
  const isBelow = url.startsWith(basePath) && /^[/?]|^$/.test(url.slice(basePath.length));
  if (!isBelow || basePath === '') return url;
  const rest = url.slice(basePath.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** A browser that opens a response uses only the content type that it declares. */
function forbidSniffing(scope: FastifyInstance): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
}
