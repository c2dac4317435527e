import { accountRoutes } from './accounts.ts';
import { auditRoutes } from './audit-log.ts';
import { deliveryRoutes } from './deliveries.ts';
import { endpointRoutes } from './endpoints.ts';
import { eventTypeRoutes } from './event-types.ts';
import { eventRoutes } from './events.ts';
import { inboxRequestRoutes } from './inbox-requests.ts';
import { keyRoutes } from './keys.ts';
import { listenerRequestRoutes } from './listener-requests.ts';
import { listenerRoutes } from './listeners.ts';
import { meRoutes } from './me.ts';
import { overviewRoutes } from './overview.ts';
import { portalLinkRoutes } from './portal-links.ts';
import { recoveryRoutes } from './recoveries.ts';
import type { Route } from './route.ts';
import { testSendRoutes } from './test-send.ts';

/** Every call of the API: what is served, and what the OpenAPI document tells. The busiest are looked at first. */
export const ROUTES: readonly Route[] = [
  ...eventRoutes,
  ...accountRoutes,
  ...endpointRoutes,
  ...testSendRoutes,
  ...deliveryRoutes,
  ...overviewRoutes,
  ...recoveryRoutes,
  ...listenerRoutes,
  ...listenerRequestRoutes,
  ...keyRoutes,
  ...portalLinkRoutes,
  ...meRoutes,
  ...inboxRequestRoutes,
  ...auditRoutes,
  ...eventTypeRoutes,
];
