import { type components, createClient } from '../../../packages/client/src/index.ts';
import { keyOf } from '../session/key.ts';

export { dataOf, eachItem, PosthasteError } from '../../../packages/client/src/index.ts';

export type Account = components['schemas']['Account'];
export type Endpoint = components['schemas']['Endpoint'];
export type EndpointWithSecret = components['schemas']['EndpointWithSecret'];
export type NewEndpoint = components['schemas']['NewEndpoint'];
export type EndpointPatch = components['schemas']['EndpointPatch'];
export type Delivery = components['schemas']['Delivery'];
export type Attempt = components['schemas']['Attempt'];
export type Event = components['schemas']['Event'];
export type CatalogueEventType = components['schemas']['CatalogueEventType'];
export type EventType = components['schemas']['EventType'];
export type ApiKey = components['schemas']['ApiKey'];
export type NewApiKey = components['schemas']['NewApiKey'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type InboxRequest = components['schemas']['InboxRequest'];
export type Recovery = components['schemas']['Recovery'];
export type RecoveryCount = components['schemas']['RecoveryCount'];
export type Me = components['schemas']['Me'];
export type Overview = components['schemas']['Overview'];
export type Profile = Endpoint['profile'];

/** The API that served this page, called with the key of the session. */
export const client = createClient({ url: location.origin, key: keyOf });
