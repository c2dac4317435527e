import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { typesSearchOf } from '../event-types/search.ts';
import { account } from '../layout/account-route.ts';
import { eventsSearchOf, sendSearchOf } from './search.ts';

const events = createRoute({
  getParentRoute: () => account,
  path: '/events',
  validateSearch: eventsSearchOf,
  component: lazyRouteComponent(() => import('./list-page.tsx'), 'EventsPage'),
});

const event = createRoute({
  getParentRoute: () => account,
  path: '/events/$id',
  component: lazyRouteComponent(() => import('./detail-page.tsx'), 'EventPage'),
});

/** Not below the events, whose ids may be anything. */
const sendEvent = createRoute({
  getParentRoute: () => account,
  path: '/send-event',
  validateSearch: sendSearchOf,
  component: lazyRouteComponent(() => import('./send-page.tsx'), 'SendEventPage'),
});

const eventTypes = createRoute({
  getParentRoute: () => account,
  path: '/event-types',
  validateSearch: typesSearchOf,
  component: lazyRouteComponent(() => import('../event-types/list-page.tsx'), 'EventTypesPage'),
});

const eventType = createRoute({
  getParentRoute: () => account,
  path: '/event-types/$type',
  component: lazyRouteComponent(() => import('../event-types/detail-page.tsx'), 'EventTypePage'),
});

const editEventType = createRoute({
  getParentRoute: () => account,
  path: '/event-types/$type/edit',
  component: lazyRouteComponent(() => import('../event-types/edit-page.tsx'), 'EditEventTypePage'),
});

/** Not below the types, whose names may be anything. */
const addEventType = createRoute({
  getParentRoute: () => account,
  path: '/add-event-type',
  component: lazyRouteComponent(() => import('../event-types/add-page.tsx'), 'AddEventTypePage'),
});

/** Events, and what they can be. */
export const eventRoutes = [
  events,
  event,
  sendEvent,
  eventTypes,
  eventType,
  editEventType,
  addEventType,
] as const;
