import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { auditFilterNames } from '../api/access/audit.ts';
import { basePath } from '../api/base-path.ts';
import { startCalls } from '../api/calls/calls.ts';
import { viewsQuery } from '../api/calls/views.ts';
import { fieldsQuery } from '../api/fields.ts';
import { inboxFilterNames } from '../api/postbacks/inbox.ts';
import { postbackFilterNames } from '../api/postbacks/postbacks.ts';
import { RequestFailed } from '../api/request.ts';
import { sessionQuery } from '../api/session.ts';
import { deliveryFilterNames } from '../api/webhooks/deliveries.ts';
import { pickSearch } from '../components/lists/url-search.ts';
import { NotFound } from '../components/states/not-found.tsx';
import { PageSkeleton } from '../components/states/skeleton.tsx';
import { callSearchNames, filtersOf, sortOf } from '../pages/calls/list/call-search.ts';
import { lazyPage } from './lazy-page.ts';
import { RouteError } from './route-error.tsx';
import { parseSearch, stringifySearch } from './search-params.ts';
import { Shell } from './shell/shell.tsx';

/** Every address of the UI; the server knows the same ones (src/http/server/ui.ts). */
const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: pickSearch(['from', 'failed']),
  component: lazyPage(() => import('../pages/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

/** Everything behind the sign-in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await Promise.all([
        context.queryClient.ensureQueryData(sessionQuery),
        context.queryClient.ensureQueryData(fieldsQuery),
      ]);
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { from: location.href }, replace: true });
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview', replace: true });
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/overview',
  validateSearch: pickSearch(['period', 'from', 'to', 'by']),
  component: lazyPage(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: '/system',
  component: lazyPage(() => import('../pages/system/system-page.tsx'), 'SystemPage'),
});

const calls = createRoute({
  getParentRoute: () => shell,
  path: '/calls',
  validateSearch: pickSearch([...callSearchNames, 'view']),
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const { account } = await queryClient.ensureQueryData(sessionQuery);
    startCalls(queryClient, filtersOf(deps, account.time_zone, Date.now()), sortOf(deps));
    void queryClient.prefetchQuery(viewsQuery);
  },
  component: lazyPage(() => import('../pages/calls/list/calls-page.tsx'), 'CallsPage'),
});

const call = createRoute({
  getParentRoute: () => shell,
  path: '/calls/$callLogId',
  component: lazyPage(() => import('../pages/calls/call/call-page.tsx'), 'CallPage'),
});

const postbacks = createRoute({
  getParentRoute: () => shell,
  path: '/postbacks',
  validateSearch: pickSearch([...postbackFilterNames, 'period']),
  component: lazyPage(() => import('../pages/postbacks/list/postbacks-page.tsx'), 'PostbacksPage'),
});

const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/postbacks/inbox',
  validateSearch: pickSearch([...inboxFilterNames, 'period']),
  component: lazyPage(() => import('../pages/inbox/inbox-page.tsx'), 'InboxPage'),
});

const postback = createRoute({
  getParentRoute: () => shell,
  path: '/postbacks/$id',
  component: lazyPage(() => import('../pages/postbacks/postback/postback-page.tsx'), 'PostbackPage'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  beforeLoad: () => {
    throw redirect({ to: '/webhooks/incoming', replace: true });
  },
});

const incomingWebhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/incoming',
  component: lazyPage(() => import('../pages/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});

const incomingWebhook = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/incoming/$id',
  validateSearch: pickSearch(['tab']),
  component: lazyPage(() => import('../pages/webhooks/webhook-page.tsx'), 'WebhookPage'),
});

const files = createRoute({
  getParentRoute: () => shell,
  path: '/files',
  beforeLoad: async ({ context: { queryClient } }) => {
    const { permissions } = await queryClient.ensureQueryData(sessionQuery);
    const to = permissions.includes('change_calls') ? '/files/import' : '/files/reconcile';
    throw redirect({ to, replace: true });
  },
});

const fileImport = createRoute({
  getParentRoute: () => shell,
  path: '/files/import',
  component: lazyPage(() => import('../pages/files/import/import-page.tsx'), 'ImportPage'),
});

const reconcile = createRoute({
  getParentRoute: () => shell,
  path: '/files/reconcile',
  component: lazyPage(() => import('../pages/files/reconcile/reconcile-page.tsx'), 'ReconcilePage'),
});

const payouts = createRoute({
  getParentRoute: () => shell,
  path: '/files/payouts',
  validateSearch: pickSearch(['period', 'from', 'to', 'publisher']),
  component: lazyPage(() => import('../pages/files/payouts/payouts-page.tsx'), 'PayoutsPage'),
});

const outgoingWebhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/outgoing',
  component: lazyPage(() => import('../pages/outgoing/outgoing-list-page.tsx'), 'OutgoingListPage'),
});

const newOutgoingWebhook = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/outgoing/new',
  component: lazyPage(() => import('../pages/outgoing/new-outgoing-page.tsx'), 'NewOutgoingPage'),
});

const outgoingWebhook = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/outgoing/$id',
  validateSearch: pickSearch(['tab', 'period', ...deliveryFilterNames]),
  component: lazyPage(() => import('../pages/outgoing/outgoing-page.tsx'), 'OutgoingPage'),
});

const delivery = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks/deliveries/$id',
  component: lazyPage(() => import('../pages/outgoing/deliveries/delivery-page.tsx'), 'DeliveryPage'),
});

const access = createRoute({
  getParentRoute: () => shell,
  path: '/access',
  beforeLoad: () => {
    throw redirect({ to: '/access/tokens', replace: true });
  },
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/access/tokens',
  component: lazyPage(() => import('../pages/access/tokens/tokens-page.tsx'), 'TokensPage'),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: '/access/people',
  component: lazyPage(() => import('../pages/access/people/people-page.tsx'), 'PeoplePage'),
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/access/sessions',
  component: lazyPage(() => import('../pages/access/sessions-page.tsx'), 'SessionsPage'),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/access/audit',
  validateSearch: pickSearch([...auditFilterNames, 'period']),
  component: lazyPage(() => import('../pages/access/audit-page.tsx'), 'AuditPage'),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: '/access/account',
  component: lazyPage(() => import('../pages/access/account/account-page.tsx'), 'AccountPage'),
});

const routeTree = root.addChildren([
  signIn,
  shell.addChildren([
    ...[home, overview, system, calls, call, postbacks, inbox, postback],
    ...[webhooks, incomingWebhooks, incomingWebhook],
    ...[outgoingWebhooks, newOutgoingWebhook, outgoingWebhook, delivery],
    ...[files, fileImport, reconcile, payouts],
    ...[access, people, tokens, sessions, audit, account],
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: basePath === '' ? '/' : basePath,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: PageSkeleton,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
