import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { queries } from './api/queries.ts';
import { ErrorPage } from './layout/error-page.tsx';
import { NotFound } from './layout/not-found.tsx';
import { readSearch } from './logs/filter.ts';
import { keyOf, onLeave } from './session/key.ts';
import { meQuery } from './session/me.ts';

/** Leads to sign-in, and from there back. */
function requireKey({ location }: { location: { href: string } }): void {
  if (!keyOf()) throw redirect({ to: '/sign-in', search: { next: location.href } });
}

/** Only paths of this page: another site must not be reachable through a link to sign-in. */
const ownPath = (given: unknown) =>
  typeof given === 'string' && /^\/(?![/\\])/.test(given) ? { next: given } : {};

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: ErrorPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ownPath(search.next),
  component: lazyRouteComponent(() => import('./session/sign-in.tsx'), 'SignIn'),
});

/** An account's key goes straight in; the operator picks an account. */
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async (context) => {
    requireKey(context);
    const { account } = await queries.fetchQuery(meQuery);
    if (account) throw redirect({ to: '/a/$account/endpoints', params: { account } });
  },
  component: lazyRouteComponent(() => import('./layout/accounts-page.tsx'), 'AccountsPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/a/$account',
  beforeLoad: requireKey,
  component: lazyRouteComponent(() => import('./layout/shell.tsx'), 'Shell'),
  notFoundComponent: NotFound,
});

const index = createRoute({
  getParentRoute: () => account,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/a/$account/endpoints', params });
  },
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

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    home,
    account.addChildren([
      index,
      endpoints,
      newEndpoint,
      endpoint,
      editEndpoint,
      testEndpoint,
      logs,
      delivery,
    ]),
  ]),
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
});

onLeave(() => {
  queries.clear();
  const { href, pathname } = router.state.location;
  if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { next: href } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
