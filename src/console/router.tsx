import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queries } from './api/queries.ts';
import { auditSearchOf } from './audit/search.ts';
import { eventRoutes } from './events/routes.ts';
import { inboxSearchOf } from './inbox/search.ts';
import { account, requireKey, root } from './layout/account-route.ts';
import { ErrorPage } from './layout/error-page.tsx';
import { readSearch } from './logs/filter.ts';
import { readRange } from './overview/range.ts';
import { basePath, portalId } from './portal/link.ts';
import { onLeave } from './session/key.ts';
import { meQuery } from './session/me.ts';

/** Who came by a portal link came to see to endpoints. */
const START = portalId === undefined ? '/a/$account/overview' : '/a/$account/endpoints';

/** Only paths of this page: another site must not be reachable through a link to sign-in. */
const ownPath = (given: unknown) =>
  typeof given === 'string' && /^\/(?![/\\])/.test(given) ? { next: given } : {};

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  beforeLoad: () => {
    if (portalId !== undefined) throw redirect({ to: '/ended' });
  },
  validateSearch: (search: Record<string, unknown>): { next?: string } => ownPath(search.next),
  component: lazyRouteComponent(() => import('./session/sign-in.tsx'), 'SignIn'),
});

const ended = createRoute({
  getParentRoute: () => root,
  path: '/ended',
  component: lazyRouteComponent(() => import('./portal/ended-page.tsx'), 'EndedPage'),
});

/** An account's key goes straight in; the operator picks an account. */
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async (context) => {
    requireKey(context);
    const { account } = await queries.fetchQuery(meQuery);
    if (account) throw redirect({ to: START, params: { account } });
  },
  component: lazyRouteComponent(() => import('./layout/accounts-page.tsx'), 'AccountsPage'),
});

const index = createRoute({
  getParentRoute: () => account,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: START, params });
  },
});

const overview = createRoute({
  getParentRoute: () => account,
  path: '/overview',
  validateSearch: readRange,
  component: lazyRouteComponent(() => import('./overview/page.tsx'), 'OverviewPage'),
});

const endpoints = createRoute({
  getParentRoute: () => account,
  path: '/endpoints',
  component: lazyRouteComponent(() => import('./endpoints/list-page.tsx'), 'EndpointsPage'),
});

const newEndpoint = createRoute({
  getParentRoute: () => account,
  path: '/endpoints/new',
  component: lazyRouteComponent(() => import('./endpoints/new-page.tsx'), 'NewEndpointPage'),
});

const endpoint = createRoute({
  getParentRoute: () => account,
  path: '/endpoints/$id',
  component: lazyRouteComponent(() => import('./endpoints/detail-page.tsx'), 'EndpointPage'),
});

const editEndpoint = createRoute({
  getParentRoute: () => account,
  path: '/endpoints/$id/edit',
  component: lazyRouteComponent(() => import('./endpoints/edit-page.tsx'), 'EditEndpointPage'),
});

const testEndpoint = createRoute({
  getParentRoute: () => account,
  path: '/endpoints/$id/test',
  validateSearch: ({ type }: Record<string, unknown>): { type?: string } =>
    type === undefined ? {} : { type: String(type) },
  component: lazyRouteComponent(() => import('./endpoints/test-page.tsx'), 'TestEndpointPage'),
});

const logs = createRoute({
  getParentRoute: () => account,
  path: '/logs',
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import('./logs/page.tsx'), 'LogsPage'),
});

const delivery = createRoute({
  getParentRoute: () => account,
  path: '/deliveries/$id',
  component: lazyRouteComponent(() => import('./deliveries/delivery-page.tsx'), 'DeliveryPage'),
});

const inbox = createRoute({
  getParentRoute: () => account,
  path: '/inbox',
  validateSearch: inboxSearchOf,
  component: lazyRouteComponent(() => import('./inbox/page.tsx'), 'InboxPage'),
});

const keys = createRoute({
  getParentRoute: () => account,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keys/page.tsx'), 'KeysPage'),
});

const auditLog = createRoute({
  getParentRoute: () => account,
  path: '/audit-log',
  validateSearch: auditSearchOf,
  component: lazyRouteComponent(() => import('./audit/page.tsx'), 'AuditLogPage'),
});

const recover = createRoute({
  getParentRoute: () => account,
  path: '/recover',
  validateSearch: ({ endpoint }: Record<string, unknown>): { endpoint?: string } =>
    typeof endpoint === 'string' ? { endpoint } : {},
  component: lazyRouteComponent(() => import('./recover/recover-page.tsx'), 'RecoverPage'),
});

const recovery = createRoute({
  getParentRoute: () => account,
  path: '/recover/$id',
  component: lazyRouteComponent(() => import('./recover/recovery-page.tsx'), 'RecoveryPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    ended,
    home,
    account.addChildren([
      index,
      overview,
      endpoints,
      newEndpoint,
      endpoint,
      editEndpoint,
      testEndpoint,
      logs,
      delivery,
      recover,
      recovery,
      ...eventRoutes,
      inbox,
      keys,
      auditLog,
    ]),
  ]),
  basepath: basePath,
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
});

onLeave(() => {
  queries.clear();
  if (portalId !== undefined) {
    void router.navigate({ to: '/ended', replace: true });
    return;
  }
  const { href, pathname } = router.state.location;
  if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { next: href } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
