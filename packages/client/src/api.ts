// Made from the OpenAPI document by `npm run client`; changes belong into the contracts in src/api.
export interface paths {
    "/v1/accounts/{account}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events, newest first
         * @description With their deliveries, without their data. `since` and `until` look at the time of acceptance.
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Send an event to the endpoints that subscribe to it
         * @description Answers once the event and its deliveries are safe in the database. The same `id` or `Idempotency-Key` with the same content gets the same answer again and sends nothing twice; with other content it is a 409.
         */
        post: operations["sendEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/events/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send up to 500 events at once
         * @description Each event is accepted or refused on its own: `results` holds, in the order of the events, what each would have been answered alone, with its HTTP status; pointers are relative to the event. Where checking data against your schemas takes long, a batch has the time of eight events: the rest are a 422. An `Idempotency-Key` counts for each event as `{key}/{index}`. Repeat what was answered with a status of 500 or more.
         */
        post: operations["sendEventBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/events/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check an event without sending it
         * @description Refused with the same errors as the event itself would be, for its type, its data and how it is written; nothing is stored. Whether its `id` was used before is not looked at.
         */
        post: operations["checkEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an event with its data and its deliveries */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/events/{id}/payload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Drop the data of an event, and what endpoints answered to it
         * @description The event and its deliveries stay on record without them, and cannot be sent again. Deliveries that are still on their way are stopped; an attempt that is under way ends first, and one that waits in an ordered lane fails when its turn comes. Idempotent.
         */
        delete: operations["expungeEventPayload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an account */
        get: operations["getAccount"];
        /**
         * Make an account, or change its settings
         * @description Idempotent. What is not given stays as it is; `null` removes a name, and gives back a default.
         */
        put: operations["putAccount"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the accounts, newest first */
        get: operations["listAccounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the endpoints, newest first */
        get: operations["listEndpoints"];
        put?: never;
        /**
         * Subscribe a URL
         * @description An account has at most 100 endpoints; one more is a 422 `too_many_endpoints`.
         */
        post: operations["createEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an endpoint */
        get: operations["getEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete an endpoint
         * @description Deliveries to it that are not over end as `failed` with the reason `endpoint_deleted`.
         */
        delete: operations["deleteEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint
         * @description What is changed holds for deliveries already asleep, too. `null` gives a setting its default back. `ordered` holds for events accepted from then on; when it is taken back, those that wait for another go at once.
         */
        patch: operations["updateEndpoint"];
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold its deliveries
         * @description Deliveries become `held` when their time comes; nothing is lost. Pausing again changes nothing.
         */
        post: operations["pauseEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver what is held, and what comes
         * @description What is held goes out in the order in which it came, `maxConcurrency` at a time. Also enables an endpoint that was disabled. Resuming an active endpoint changes nothing.
         */
        post: operations["resumeEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the secret
         * @description Needs the scope `write`: whoever knows the secret can sign. Stands in the audit log.
         */
        get: operations["getEndpointSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the secret
         * @description During the overlap `webhook-signature` carries a signature of each secret; the own header of a profile carries the newest one.
         */
        post: operations["rotateEndpointSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the sample of an event type to one endpoint
         * @description A real delivery through the real engine, to this endpoint alone, subscribed to the type or not. Without `event` it is the first type that the endpoint subscribes to. A paused endpoint holds it. `data` of your own takes the place of the sample, and is checked as that of any event.
         */
        post: operations["testEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries, newest first
         * @description Their attempts come without response headers and bodies. Times are those of creation.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/tail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch deliveries as they are made and move
         * @description Server-sent events: `event: delivery`, its data a delivery as in the list, sent when it is made and when it has moved. Looked at once a second, so that steps within a second come as one. Watched are those made in the last minute, the last 500 of them, and the last 1000 made of those that have not ended: of more than 500 made in a second, and of older ones beyond 1000 that are open, some are missed. Of those that one look found, the last alone has an `id`. `Last-Event-ID` sends what was made since that event, an hour ago at most, and what is open and was attempted since, from shortly before on; what was open then and has ended meanwhile is missed if it was made before. The same delivery may come twice: what came last takes the place of what came before. A comment comes every 15 seconds. The stream ends after 15 minutes, when the server stops, and for a client that does not read; come again. An account has 10 streams at most at a time of each server, and each of its portal links 3 of them.
         */
        get: operations["tailDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a delivery with its attempts and their answers */
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Wake a sleeping delivery at another time, or keep it to another schedule
         * @description A 409 unless it sleeps. One that comes just as the sleep ends changes nothing.
         */
        patch: operations["rescheduleDelivery"];
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}/attempts/{number}/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the request of an attempt, rebuilt byte for byte
         * @description Made anew from the event and the endpoint, which are kept; requests are not. An attempt that was blocked or interrupted may never have been sent.
         */
        get: operations["getAttemptRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the running story of a delivery
         * @description Attempts, waits with their reason and next wake, and who changed what.
         */
        get: operations["getDeliveryLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Attempt a sleeping delivery now
         * @description The same workflow wakes early. A 409 unless it sleeps.
         */
        post: operations["retryDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a delivery
         * @description An attempt that is under way is finished and recorded first, and no other begins. While Temporal is away the delivery shows as cancelled later. A 409 when the delivery has ended.
         */
        post: operations["cancelDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/deliveries/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a finished delivery again, as a new one
         * @description The same event, with the same body, to the same endpoint. While a resend of this delivery is on its way, another press answers that one. A 409 when the delivery has not ended, or its endpoint is deleted.
         */
        post: operations["resendDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read how deliveries fare
         * @description Counts every delivery of the span when it is asked: of a day of 100,000 in about half a second, of a longer span in as much longer, and gives up after five. Ask when somebody looks, not all the time: an account is counted once at a time, and who asks the same meanwhile is given the same answer.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/endpoints/{id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what did not arrive
         * @description Starts a workflow that makes a new delivery, oldest first, for each event whose deliveries to this endpoint have all ended without a success. It keeps at most 100 new deliveries waiting at a time; while the endpoint is paused or disabled these are held, and the recovery waits. Ask with `dryRun` first to know how many there are. An endpoint has one recovery at a time: a second is a 409 that names the first.
         */
        post: operations["recoverEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/recoveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List recoveries, newest first */
        get: operations["listRecoveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/recoveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read how far a recovery has come */
        get: operations["getRecovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/recoveries/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make no more deliveries for now
         * @description Deliveries that it has made go on. A 409 unless it is running.
         */
        post: operations["pauseRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/recoveries/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on with a paused recovery
         * @description A 409 unless it is paused.
         */
        post: operations["resumeRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/recoveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a recovery
         * @description Deliveries that it has made go on; each can be cancelled. A 409 when the recovery has ended.
         */
        post: operations["cancelRecovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/listeners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have deliveries come to whoever listens
         * @description Makes an endpoint for a client that cannot be called from outside, such as a server on a developer’s machine. Deliveries to it are signed, logged and retried like all others; each request is held until the client that reads `…/requests` has answered it. While nobody reads, and for more than 20 that wait at a time, the answer is a 503. A listener that nobody reads for 60 seconds ends, and its endpoint is deleted. An account has at most 10; one more is a 422 `too_many_listeners`.
         */
        post: operations["createListener"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/listeners/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a listener, with its endpoint
         * @description Deliveries to it that are not over end as `failed` with the reason `endpoint_deleted`.
         */
        delete: operations["deleteListener"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/listeners/{id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the requests that wait for an answer, as they come
         * @description Server-sent events: `event: request`. Answer each within the endpoint’s timeout. A listener has one reader: who comes later takes the place of the one before, whose stream ends, and is sent all that is not answered yet. The stream ends, too, when the listener does, after 15 minutes, and when the server stops; come again within two seconds, and nothing is missed. A comment comes every 15 seconds. It counts among the streams that an account may have.
         */
        get: operations["readListenerRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/listeners/{id}/requests/{requestId}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a request
         * @description The delivery’s answer is this one: its status decides whether it is retried. A 404 when nobody waits for it any more, as after the endpoint’s timeout, or it is answered.
         */
        post: operations["answerListenerRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the API keys of the account, newest first
         * @description Keys that were revoked are not listed.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key for the account
         * @description An account key can only give scopes that it has itself, and when it expires, it only makes keys that expire no later. An account has at most 100 keys that are neither revoked nor expired; one more is a 422 `too_many_keys`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description The scope `write` may revoke any key of the account: itself, and one that has more scopes, too.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/portal-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the portal links of the account, newest first
         * @description Links that have ended are not listed.
         */
        get: operations["listPortalLinks"];
        put?: never;
        /**
         * Make a link that opens the console for this account alone
         * @description For a merchant who has no key. The token is in the part of the URL after `#`, which browsers send to nobody; the page takes it out of the address bar. It is a key of the account that ends with the link, and reaches neither keys, portal links, the account’s settings nor the audit log. An account key can only give scopes that it has itself, and for no longer than it lasts. An account has at most 1000 links that have not ended.
         */
        post: operations["createPortalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/portal-links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a portal link
         * @description At once: whoever has it open is told so at the next click.
         */
        delete: operations["endPortalLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read who calls, and what is served */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/inbox-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what deliveries brought to the built-in inbox, newest first
         * @description Only the account's own deliveries, without headers and bodies. The last 100 of each inbox are kept; there are none where the inbox is not served.
         */
        get: operations["listInboxRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/inbox-requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a request with its headers and body */
        get: operations["getInboxRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed what, newest first
         * @description Every change that was made by API, and every reading of a secret. Sending events is none: the list of events shows those. A delivery command is written down before it takes effect; one that was refused then is followed by a `delivery.command_refused`.
         */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the event types of the two products */
        get: operations["listCatalogueEventTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/event-types/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an event type of the two products */
        get: operations["getCatalogueEventType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/event-types/{type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one of the account's own event types */
        get: operations["getEventType"];
        /**
         * Register an event type of your own
         * @description Replaces what was registered. From then on `data` of such events is checked against the schema: JSON Schema draft 2020-12, at most 32 kB, references within the schema only and none that leads back to itself, patterns in RE2 syntax, no `contains`; at most 1000 schemas within it and 500 branches of one `anyOf` or `oneOf`. An event that would take too long to check is a 422. Types of the two products cannot be registered (409), nor those of operational events (422).
         */
        put: operations["putEventType"];
        post?: never;
        /**
         * Forget one of the account's own event types
         * @description Events of that name are still accepted; their data is no longer checked.
         */
        delete: operations["deleteEventType"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{account}/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the account's own event types, newest first */
        get: operations["listEventTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An error, as application/problem+json (RFC 9457). */
        Problem: {
            type: string;
            /** @description The HTTP status in words. */
            title: string;
            status: number;
            /** @description Stable and meant for programs. */
            code: string;
            /** @description What was wrong, where, and what to do; for people. */
            detail: string;
            errors?: {
                /** @description JSON Pointer (RFC 6901) into the request body. */
                pointer?: string;
                /** @description Name of the query parameter, path parameter or header. */
                parameter?: string;
                detail: string;
            }[];
            /** @description To find a fault of ours in the log. */
            requestId?: string;
        };
        AcceptedEvent: {
            id: string;
            event: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            deliveries: {
                id: string;
                endpointId: string;
                workflowId: string;
            }[];
        };
        Event: {
            id: string;
            event: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            acceptedAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            deliverAt?: string;
            orderingKey?: string;
            /** @description True when it was made by a test send. */
            test?: boolean;
            /**
             * Format: date-time
             * @description When its data, and what endpoints answered to it, were dropped.
             * @example 2026-01-31T12:00:00.000Z
             */
            payloadExpungedAt?: string;
            deliveries: {
                id: string;
                endpointId: string;
                /** @description Of the workflow in Temporal. */
                workflowId: string;
                /** @enum {string} */
                status: "pending" | "delivering" | "retrying" | "held" | "succeeded" | "failed" | "cancelled";
                /**
                 * @description Why it failed.
                 * @enum {string}
                 */
                reason?: "rejected" | "exhausted" | "blocked" | "gone" | "endpoint_deleted" | "secret_unreadable" | "payload_expunged";
                attemptCount: number;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                nextAttemptAt?: string;
                /** @description While it waits for its turn in an ordered lane: the delivery before it whose end it waits for. */
                waitsFor?: string;
                /** @description The finished delivery that this one repeats. */
                resendOf?: string;
            }[];
            /** @description Absent once it was dropped. */
            data?: {
                [key: string]: unknown;
            };
        };
        /** @description A tenant: one merchant. With the settings in force, defaults included. */
        Account: {
            /** @example acme */
            id: string;
            name: string | null;
            /** @description Days that events are kept, with their deliveries and attempts. */
            retentionDays: number;
            /** @description Days that the data of events and the answers to them are kept. */
            payloadRetentionDays: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
        };
        NewEndpoint: {
            /** @example https://shop.example.com/webhooks */
            url: string;
            /** @enum {string} */
            profile: "selgora" | "selz" | "standard";
            /**
             * @description Which event types it receives: exact names, prefixes that end at a separator and `*`, or `*` for all but the operational events.
             * @example [
             *       "order.completed",
             *       "contact.*"
             *     ]
             */
            events: string[];
            /** @description Signs the deliveries. Made when absent: `whsec_` and the base64 of 32 random bytes. */
            secret?: string;
            description?: string;
            /**
             * @description Headers sent along with every request, at most 20. Reserved names (Host, Content-*, Webhook-*, …) are refused.
             * @example {
             *       "Authorization": "Bearer receiver-token"
             *     }
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description Seconds to wait after each failed attempt; 0 to 20 waits of 1 second to 7 days.
             * @example [
             *       300,
             *       1800,
             *       7200,
             *       28800,
             *       86400
             *     ]
             */
            retrySchedule?: number[];
            /** @description Share of each wait that may be added at random, 0 (default, none) to 1. */
            retryJitter?: number;
            /** @description Total deadline of one attempt, in milliseconds. Default: selgora 5000, selz 10000, standard 15000. */
            timeoutMs?: number;
            /** @description 4xx statuses that are retried, besides all 5xx. Default: standard 408, 425 and 429; the others none. */
            retryOn?: number[];
            /** @description How many attempts may be under way at it at a time, default 32. The others wait their turn. */
            maxConcurrency?: number;
            /** @description Whether it gets the events of one `orderingKey` one after the other: the next only when the one before has succeeded, failed or been cancelled. Default false. Other keys, and events without one, go side by side. */
            ordered?: boolean;
            orderedMaxWait?: number | null;
        };
        EndpointWithSecret: {
            id: string;
            url: string;
            /** @enum {string} */
            profile: "selgora" | "selz" | "standard";
            events: string[];
            description?: string;
            headers: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "active" | "paused" | "disabled";
            /** @description `gone`: it answered 410. `failing`: everything failed for days. */
            disabledReason?: string;
            /**
             * Format: date-time
             * @description The first failure since the last success; absent while all is well.
             * @example 2026-01-31T12:00:00.000Z
             */
            failingSince?: string;
            /**
             * Format: date-time
             * @description The last of them, to the minute.
             * @example 2026-01-31T12:00:00.000Z
             */
            lastFailureAt?: string;
            timeoutMs: number;
            retryOn: number[];
            retrySchedule: number[];
            retryJitter: number;
            maxConcurrency: number;
            ordered: boolean;
            /** @description Seconds; absent when lanes wait as long as it takes. */
            orderedMaxWait?: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updatedAt: string;
            /** @description Shown here and at `GET …/secret` only. */
            secret: string;
        };
        /** @description A subscriber's URL, with the settings in force, defaults included. */
        Endpoint: {
            id: string;
            url: string;
            /** @enum {string} */
            profile: "selgora" | "selz" | "standard";
            events: string[];
            description?: string;
            headers: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "active" | "paused" | "disabled";
            /** @description `gone`: it answered 410. `failing`: everything failed for days. */
            disabledReason?: string;
            /**
             * Format: date-time
             * @description The first failure since the last success; absent while all is well.
             * @example 2026-01-31T12:00:00.000Z
             */
            failingSince?: string;
            /**
             * Format: date-time
             * @description The last of them, to the minute.
             * @example 2026-01-31T12:00:00.000Z
             */
            lastFailureAt?: string;
            timeoutMs: number;
            retryOn: number[];
            retrySchedule: number[];
            retryJitter: number;
            maxConcurrency: number;
            ordered: boolean;
            /** @description Seconds; absent when lanes wait as long as it takes. */
            orderedMaxWait?: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updatedAt: string;
        };
        /** @description `null` gives a setting its default back. */
        EndpointPatch: {
            /** @example https://shop.example.com/webhooks */
            url?: string;
            /**
             * @description Which event types it receives: exact names, prefixes that end at a separator and `*`, or `*` for all but the operational events.
             * @example [
             *       "order.completed",
             *       "contact.*"
             *     ]
             */
            events?: string[];
            description?: string | null;
            headers?: {
                [key: string]: string;
            } | null;
            retrySchedule?: number[] | null;
            retryJitter?: number | null;
            timeoutMs?: number | null;
            retryOn?: number[] | null;
            maxConcurrency?: number | null;
            ordered?: boolean | null;
            orderedMaxWait?: number | null;
            /**
             * @deprecated
             * @description The profile of an endpoint cannot be changed; create another endpoint.
             */
            profile?: unknown;
            /** @description Takes the place of the one before at once; `POST …/secret/rotate` lets both be valid for a while. */
            secret?: string;
            /**
             * @deprecated
             * @description Use POST …/pause and POST …/resume to change the status.
             */
            status?: unknown;
        };
        EndpointSecret: {
            secret: string;
            /**
             * Format: date-time
             * @description Until when `webhook-signature` also carries the signature of the secret before.
             * @example 2026-01-31T12:00:00.000Z
             */
            previousSecretExpiresAt?: string;
        };
        Delivery: {
            id: string;
            eventId: string;
            event: string;
            endpointId: string;
            /** @enum {string} */
            status: "pending" | "delivering" | "retrying" | "held" | "succeeded" | "failed" | "cancelled";
            /**
             * @description Why it failed.
             * @enum {string}
             */
            reason?: "rejected" | "exhausted" | "blocked" | "gone" | "endpoint_deleted" | "secret_unreadable" | "payload_expunged";
            attemptCount: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            nextAttemptAt?: string;
            /** @description While it waits for its turn in an ordered lane: the delivery before it whose end it waits for. */
            waitsFor?: string;
            /** @description Seconds to wait after each attempt, from the first on; only when it keeps to a schedule of its own. */
            retrySchedule?: number[];
            /** @description The finished delivery that this one repeats. */
            resendOf?: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            completedAt?: string;
            /** @description Of the workflow in Temporal. */
            workflowId: string;
            /** @description Those that have ended, in order. */
            attempts: components["schemas"]["Attempt"][];
        };
        Attempt: {
            /** @description 1 for the first attempt. A repeat after `interrupted` keeps its number. */
            number: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            startedAt: string;
            durationMs: number;
            responseStatus?: number;
            /** @description Absent on success. One of redirect, rejected, server_error, timeout, dns, connect, reset, tls, protocol, blocked, interrupted. */
            error?: string;
            /** @description One line on what went wrong before a status line came. */
            errorDetail?: string;
            /** @description Only in the answer for one delivery. */
            responseHeaders?: {
                [key: string]: string | string[];
            };
            /** @description At most 64 kB. Only in the answer for one delivery. */
            responseBody?: string;
            /** @description Whether more body came than is kept. */
            responseTruncated?: boolean;
        };
        AttemptRequest: {
            /** @constant */
            method: "POST";
            url: string;
            /** @description All that were sent but for `Connection`: the endpoint’s own, then ours. `User-Agent` is that of this version. */
            headers: {
                [key: string]: string;
            };
            /** @description Whether `headers` lacks those that `signatures` names, because the caller has no scope `write`: whoever has a signature can pass for us, as with the secret, which needs that scope, too. */
            signaturesWithheld: boolean;
            /** @description The same bytes on every attempt, in UTF-8. */
            body: string;
            /**
             * Format: date-time
             * @description When the attempt was begun, as `webhook-timestamp` says.
             * @example 2026-01-31T12:00:00.000Z
             */
            sentAt: string;
            /** @description Whether the endpoint’s URL, headers or secret were changed after the attempt. Then these are those of now, and the request was another one; its body was this one. */
            endpointChangedSince: boolean;
            /** @description What each signature covers, to compute it anew. */
            signatures: {
                /**
                 * @description `standard`: Standard Webhooks.
                 * @enum {string}
                 */
                scheme: "selgora" | "selz" | "standard";
                /** @description The header that carries it. */
                header: string;
                /** @description What the HMAC is made over. */
                signedContent: string;
                /** @description How it is made and written, in words. */
                algorithm: string;
            }[];
        };
        DeliveryLog: {
            /**
             * @description Whether the workflow told it, or Postgres because Temporal has it no longer.
             * @enum {string}
             */
            source: "workflow" | "record";
            /** @description Oldest first. */
            entries: ({
                /** @constant */
                kind: "attempt";
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                number: number;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                startedAt: string;
                durationMs: number;
                responseStatus?: number;
                error?: string;
            } | {
                /** @constant */
                kind: "wait";
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                until: string;
                /** @enum {string} */
                because: "deliver_at" | "retry_schedule" | "retry_after" | "rescheduled" | "endpoint_changed";
            } | {
                /** @constant */
                kind: "held";
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                /** @enum {string} */
                because: "paused" | "disabled" | "busy" | "ordered";
            } | {
                /** @constant */
                kind: "changed";
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                /** @enum {string} */
                change: "retry" | "cancel" | "reschedule" | "endpoint_changed" | "terminate" | "reset";
                /** @description An API key, `operator`, or `temporal` for whoever used Temporal itself: `temporal:` and a name where Temporal knows one. */
                by: string;
            } | {
                /** @constant */
                kind: "ended";
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                /** @enum {string} */
                status: "succeeded" | "failed" | "cancelled";
                /** @enum {string} */
                reason?: "rejected" | "exhausted" | "blocked" | "gone" | "endpoint_deleted" | "secret_unreadable" | "payload_expunged";
            })[];
        };
        Overview: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            since: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            until: string;
            /** @description How long a bucket is: 60 seconds to 8 hours, so that there are about 100 at most. */
            stepSeconds: number;
            /** @description Deliveries by when they were made, and how they stand now; oldest first, empty ones too. They begin at whole multiples of `stepSeconds`; of the first and the last only what lies between `since` and `until` counts. */
            buckets: {
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                at: string;
                succeeded: number;
                failed: number;
                cancelled: number;
                /** @description That have not ended. */
                open: number;
            }[];
            totals: {
                succeeded: number;
                failed: number;
                cancelled: number;
                /** @description That have not ended. */
                open: number;
            };
            /** @description The share of those that ended which succeeded, 0 to 1; absent when none ended. */
            successRate?: number;
            /** @description Of the attempts that were answered, of the 2000 deliveries that were made last in the span and attempted; absent when there is none. */
            responseTime?: {
                p50Ms: number;
                p95Ms: number;
                /** @description How many were looked at. */
                attempts: number;
            };
            /** @description What has not ended now, whenever it was made. */
            waiting: {
                pending: number;
                delivering: number;
                retrying: number;
                held: number;
                /**
                 * Format: date-time
                 * @description When the first sleeping delivery wakes.
                 * @example 2026-01-31T12:00:00.000Z
                 */
                nextAt?: string;
                /** @description Sleeping deliveries by the hour in which they wake; `at` is its beginning. */
                due: {
                    /**
                     * Format: date-time
                     * @example 2026-01-31T12:00:00.000Z
                     */
                    at: string;
                    count: number;
                }[];
            };
            /** @description Endpoints that are disabled, or whose last attempt failed, at most 100; the longest first. */
            endpointsInTrouble: {
                id: string;
                url: string;
                /** @enum {string} */
                status: "active" | "paused" | "disabled";
                disabledReason?: string;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                failingSince?: string;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                lastFailureAt?: string;
            }[];
        };
        RecoveryCount: {
            endpointId: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            since: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            until: string;
            statuses: ("failed" | "cancelled")[];
            /** @description How many events would be sent again. */
            count: number;
            /** @description How many more deliveries match, but have arrived since, are on their way, or cannot be sent. */
            skipped: number;
        };
        Recovery: {
            id: string;
            endpointId: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            since: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            until: string;
            statuses: ("failed" | "cancelled")[];
            /** @enum {string} */
            status: "running" | "paused" | "completed" | "cancelled";
            /** @description Deliveries that matched when it was asked for: in the end, those resent and those skipped. */
            total: number;
            /** @description New deliveries made so far; each has `resendOf`. */
            resent: number;
            /** @description Passed over so far: the event has arrived by another delivery or is on its way again, was a test, or its payload is dropped. */
            skipped: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was completed or cancelled.
             * @example 2026-01-31T12:00:00.000Z
             */
            completedAt?: string;
            /** @description Of the workflow in Temporal. */
            workflowId: string;
        };
        NewListener: {
            /**
             * @description Default `standard`.
             * @enum {string}
             */
            profile?: "selgora" | "selz" | "standard";
            /**
             * @description Which event types it receives: exact names, prefixes that end at a separator and `*`, or `*` for all but the operational events.
             * @example [
             *       "order.completed",
             *       "contact.*"
             *     ]
             */
            events?: string[];
            description?: string;
        };
        Listener: {
            id: string;
            /** @description The endpoint that was made for it, and goes with it. */
            endpointId: string;
            /** @description Signs the deliveries. */
            secret: string;
            /** @enum {string} */
            profile: "selgora" | "selz" | "standard";
            events: string[];
            /**
             * Format: date-time
             * @description When it ends, unless somebody reads its requests by then.
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt: string;
        };
        ListenerRequest: {
            id: string;
            deliveryId: string;
            attempt: number;
            method: string;
            /** @description Those of the request, but for `Host` and the connection’s own. */
            headers: {
                [key: string]: string;
            };
            /** @description The bytes of the body, which the signatures are of. */
            bodyBase64: string;
        };
        ListenerAnswer: {
            status: number;
            headers?: {
                [key: string]: string;
            };
            /** Format: base64 */
            bodyBase64?: string;
        } | {
            /** @description Why there is no answer; the delivery gets a 502 that says so. */
            error: string;
        };
        NewApiKey: {
            id: string;
            name: string;
            /** @description The first characters of the key, to tell keys apart. */
            prefix: string;
            scopes: ("read" | "write")[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt?: string;
            /**
             * Format: date-time
             * @description To the minute.
             * @example 2026-01-31T12:00:00.000Z
             */
            lastUsedAt?: string;
            /** @description Shown in this answer only; store it now. */
            key: string;
        };
        ApiKey: {
            id: string;
            name: string;
            /** @description The first characters of the key, to tell keys apart. */
            prefix: string;
            scopes: ("read" | "write")[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt?: string;
            /**
             * Format: date-time
             * @description To the minute.
             * @example 2026-01-31T12:00:00.000Z
             */
            lastUsedAt?: string;
        };
        NewPortalLink: {
            id: string;
            /** @example acme */
            account: string;
            scopes: ("read" | "write")[];
            name?: string;
            color?: string;
            allowedOrigins: string[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt: string;
            /** @description Opens the portal for whoever has it. Shown in this answer only. */
            url: string;
        };
        /** @description A link that has not ended. Its logo is shown in the portal alone. */
        PortalLink: {
            id: string;
            /** @example acme */
            account: string;
            scopes: ("read" | "write")[];
            name?: string;
            color?: string;
            allowedOrigins: string[];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt: string;
        };
        Me: {
            /**
             * @description Whose key it is: the operator’s, or one of an account’s keys.
             * @enum {string}
             */
            kind: "operator" | "account";
            /**
             * @description The account that the key belongs to.
             * @example acme
             */
            account?: string;
            scopes: ("read" | "write")[];
            /**
             * Format: date-time
             * @description When the key ends; absent when it does not.
             * @example 2026-01-31T12:00:00.000Z
             */
            expiresAt?: string;
            /** @description The portal link that the key came with, and how its pages look. */
            portal?: {
                id: string;
                name?: string;
                color?: string;
                logo?: string;
            };
            /** @description Of this server. */
            version: string;
            /** @description Whether the built-in receiver is served under `/inbox/{name}`. */
            inbox: boolean;
            /** @description Temporal’s Web UI, where its address is known; for the operator only. */
            temporalUi?: {
                url: string;
                namespace: string;
            };
        };
        /** @description A request as the built-in inbox got it. */
        InboxRequest: {
            id: string;
            /** @description Its name: that of `/inbox/{name}`. */
            inbox: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            receivedAt: string;
            method: string;
            /** @description The type that the body names. */
            event?: string;
            deliveryId: string;
            /** @description Which attempt of the delivery, as the request says. */
            attempt?: string;
            /** @description Of each signature that came. `expired`: rightly signed, but more than five minutes off. */
            verdicts: {
                /** @enum {string} */
                selgora?: "valid" | "invalid" | "expired";
                /** @enum {string} */
                selz?: "valid" | "invalid" | "expired";
                /** @enum {string} */
                standard?: "valid" | "invalid" | "expired";
            };
            /** @description The status that it was answered with. */
            answered: number;
            /** @description The query string without its `?`. */
            query: string;
            headers: {
                [key: string]: string | string[];
            };
            body: string;
            /** @description The bytes, where the body is not UTF-8. */
            bodyBase64?: string;
        };
        /** @description One change: who, what, when. */
        AuditEntry: {
            id: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            /** @description `operator`, the id of an API key, or `posthaste` for what it did by itself. */
            actor: string;
            /**
             * @description What was done, such as `endpoint.updated`.
             * @example key.revoked
             */
            action: string;
            /** @description The id of what it was done to. */
            target: string;
            /** @description More of it; never a secret. */
            details?: {
                [key: string]: unknown;
            };
        };
        CatalogueEventType: {
            /** @example order.completed */
            name: string;
            /** @enum {string} */
            profile: "selgora" | "selz";
            description: string;
            /** @description JSON Schema of the event's `data`. */
            schema: {
                [key: string]: unknown;
            };
            sample: {
                [key: string]: unknown;
            };
        };
        /** @description An account's own event type. */
        EventType: {
            /** @example order.completed */
            name: string;
            description?: string;
            schema?: {
                [key: string]: unknown;
            };
            sample?: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updatedAt: string;
        };
    };
    responses: {
        /** @description The request is not valid; `errors` names each field that is wrong. Code: `invalid_request`, `invalid_json`, `body_incomplete`, `address_not_allowed`. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Bad Request",
                 *       "status": 400,
                 *       "code": "invalid_request",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No API key, or one that is not known, revoked or expired. Code: `unauthorized`. */
        Problem401: {
            headers: {
                /** @description How to authenticate: `Bearer`. */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "code": "unauthorized",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The API key may not do this. Code: `forbidden`. */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "code": "forbidden",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing here. Code: `not_found`. */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "code": "not_found",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It conflicts with what is there. Code: `idempotency_conflict`, `delivery_over`, `delivery_unfinished`, `delivery_not_sleeping`, `delivery_waits_in_lane`, `delivery_held`, `delivery_not_running`, `endpoint_deleted`, `payload_expunged`, `recovery_open`, `recovery_over`, `recovery_not_running`, `recovery_not_paused`, `catalogue_type`. */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Conflict",
                 *       "status": 409,
                 *       "code": "idempotency_conflict",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. Code: `body_too_large`, `event_too_large`. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Payload Too Large",
                 *       "status": 413,
                 *       "code": "body_too_large",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON, or is compressed. Code: `unsupported_media_type`, `unsupported_encoding`. */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Unsupported Media Type",
                 *       "status": 415,
                 *       "code": "unsupported_media_type",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Well-formed, but cannot be done as asked; `errors` says why. Code: `invalid_event_data`, `number_not_exact`, `duplicate_key`, `nested_too_deep`, `reserved_event_type`, `too_many_endpoints`, `too_many_event_types`, `too_many_keys`, `too_many_portal_links`, `too_many_listeners`, `public_url_not_set`, `count_too_long`. */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Unprocessable Entity",
                 *       "status": 422,
                 *       "code": "invalid_event_data",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests; try again after `Retry-After` seconds. Code: `rate_limited`, `too_many_streams`, `too_many_counts`. */
        Problem429: {
            headers: {
                /** @description Seconds to wait before trying again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Too Many Requests",
                 *       "status": 429,
                 *       "code": "rate_limited",
                 *       "detail": "…"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A fault on our side; `requestId` finds it in the log. Code: `internal_error`. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Internal Server Error",
                 *       "status": 500,
                 *       "code": "internal_error",
                 *       "detail": "…",
                 *       "requestId": "5b8a3f0e-6c1d-4e0f-9a55-0d6f1c2b7e44"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part that this needs is away; try again after `Retry-After` seconds. Code: `unavailable`. */
        Problem503: {
            headers: {
                /** @description Seconds to wait before trying again. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Service Unavailable",
                 *       "status": 503,
                 *       "code": "unavailable",
                 *       "detail": "…",
                 *       "requestId": "5b8a3f0e-6c1d-4e0f-9a55-0d6f1c2b7e44"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listEvents: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                event?: string;
                /** @description From then on. */
                since?: string;
                /** @description Before then. */
                until?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            id: string;
                            event: string;
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            acceptedAt: string;
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            deliverAt?: string;
                            orderingKey?: string;
                            /** @description True when it was made by a test send. */
                            test?: boolean;
                            /**
                             * Format: date-time
                             * @description When its data, and what endpoints answered to it, were dropped.
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            payloadExpungedAt?: string;
                            deliveries: {
                                id: string;
                                endpointId: string;
                                /** @description Of the workflow in Temporal. */
                                workflowId: string;
                                /** @enum {string} */
                                status: "pending" | "delivering" | "retrying" | "held" | "succeeded" | "failed" | "cancelled";
                                /**
                                 * @description Why it failed.
                                 * @enum {string}
                                 */
                                reason?: "rejected" | "exhausted" | "blocked" | "gone" | "endpoint_deleted" | "secret_unreadable" | "payload_expunged";
                                attemptCount: number;
                                /**
                                 * Format: date-time
                                 * @example 2026-01-31T12:00:00.000Z
                                 */
                                nextAttemptAt?: string;
                                /** @description While it waits for its turn in an ordered lane: the delivery before it whose end it waits for. */
                                waitsFor?: string;
                                /** @description The finished delivery that this one repeats. */
                                resendOf?: string;
                            }[];
                        }[];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    sendEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request with the same key and content get the same answer, and send nothing twice. */
                "Idempotency-Key"?: string;
            };
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description A type of the catalogues, or a free one.
                     * @example order.completed
                     */
                    event: string;
                    /** @description Checked against the type, if it is known or registered. Goes out as it is. */
                    data: Record<string, unknown>;
                    /** @description Your own id of the event; made for you when absent. The same id with the same content is the same event. */
                    id?: string;
                    /**
                     * Format: date-time
                     * @description When it happened; now when absent.
                     */
                    createdAt?: string;
                    /**
                     * Format: date-time
                     * @description When to make the first attempt, up to 30 days ahead; at once when absent or past.
                     */
                    deliverAt?: string;
                    /** @description What it is about, such as a customer: endpoints that are `ordered` get events of one key one after the other, in the order in which they were accepted. It stays on record with the event, also without its payload. */
                    orderingKey?: string;
                };
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvent"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    sendEventBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeats of a request with the same key and content get the same answer, and send nothing twice. */
                "Idempotency-Key"?: string;
            };
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    events: {
                        /**
                         * @description A type of the catalogues, or a free one.
                         * @example order.completed
                         */
                        event: string;
                        /** @description Checked against the type, if it is known or registered. Goes out as it is. */
                        data: Record<string, unknown>;
                        /** @description Your own id of the event; made for you when absent. The same id with the same content is the same event. */
                        id?: string;
                        /**
                         * Format: date-time
                         * @description When it happened; now when absent.
                         */
                        createdAt?: string;
                        /**
                         * Format: date-time
                         * @description When to make the first attempt, up to 30 days ahead; at once when absent or past.
                         */
                        deliverAt?: string;
                        /** @description What it is about, such as a customer: endpoints that are `ordered` get events of one key one after the other, in the order in which they were accepted. It stays on record with the event, also without its payload. */
                        orderingKey?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description What became of each event. */
            207: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        results: ({
                            id: string;
                            event: string;
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            createdAt: string;
                            deliveries: {
                                id: string;
                                endpointId: string;
                                workflowId: string;
                            }[];
                            /** @constant */
                            status: 202;
                        } | components["schemas"]["Problem"])[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    checkEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description A type of the catalogues, or a free one.
                     * @example order.completed
                     */
                    event: string;
                    /** @description Checked against the type, if it is known or registered. Goes out as it is. */
                    data: Record<string, unknown>;
                    /** @description Your own id of the event; made for you when absent. The same id with the same content is the same event. */
                    id?: string;
                    /**
                     * Format: date-time
                     * @description When it happened; now when absent.
                     */
                    createdAt?: string;
                    /**
                     * Format: date-time
                     * @description When to make the first attempt, up to 30 days ahead; at once when absent or past.
                     */
                    deliverAt?: string;
                    /** @description What it is about, such as a customer: endpoints that are `ordered` get events of one key one after the other, in the order in which they were accepted. It stays on record with the event, also without its payload. */
                    orderingKey?: string;
                };
            };
        };
        responses: {
            /** @description It can be sent. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    expungeEventPayload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no longer kept. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    name?: string | null;
                    /** @description Whole UTC days to keep an event after that of its acceptance, and longer while a delivery of it is on its way. */
                    retentionDays?: number | null;
                    /** @description Days to keep its data and the answers to it, and longer while a delivery is on its way; at most `retentionDays`. */
                    payloadRetentionDays?: number | null;
                };
            };
        };
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listAccounts: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Account"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listEndpoints: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Endpoint"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEndpoint"];
            };
        };
        responses: {
            /** @description The endpoint, with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointWithSecret"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    updateEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointPatch"];
            };
        };
        responses: {
            /** @description The endpoint as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    pauseEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint, paused or still disabled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resumeEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint, active. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getEndpointSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecret"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    rotateEndpointSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Signs the deliveries. Made when absent: `whsec_` and the base64 of 32 random bytes. */
                    secret?: string;
                    /**
                     * @description How long the secret before stays valid, in seconds; 0 ends it at once.
                     * @default 86400
                     */
                    overlapSeconds?: number;
                };
            };
        };
        responses: {
            /** @description The new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointSecret"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    testEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @example order.completed */
                    event?: string;
                    /** @description Checked against the type, if it is known or registered. Goes out as it is. */
                    data?: Record<string, unknown>;
                };
            };
        };
        responses: {
            /** @description On its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        eventId: string;
                        deliveryId: string;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description One or more of pending, delivering, retrying, held, succeeded, failed, cancelled; repeat it or separate them by commas. */
                status?: string | string[];
                endpointId?: string;
                event?: string;
                eventId?: string;
                /** @description That the last attempt was answered with. */
                responseStatus?: number;
                /** @description From then on. */
                since?: string;
                /** @description Before then. */
                until?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Delivery"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    tailDeliveries: {
        parameters: {
            query?: {
                /** @description One or more of pending, delivering, retrying, held, succeeded, failed, cancelled; repeat it or separate them by commas. */
                status?: string | string[];
                endpointId?: string;
                event?: string;
                /** @description That the last attempt was answered with. */
                responseStatus?: number;
            };
            header?: {
                /** @description The last `id` that came. */
                "Last-Event-ID"?: string;
            };
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    rescheduleDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description When to wake, up to 30 days ahead; what is past means now.
                     */
                    nextAttemptAt?: string;
                    /**
                     * @description Seconds to wait from here on: the first replaces the wait it is in.
                     * @example [
                     *       300,
                     *       1800,
                     *       7200,
                     *       28800,
                     *       86400
                     *     ]
                     */
                    retrySchedule?: number[];
                };
            };
        };
        responses: {
            /** @description The delivery, as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getAttemptRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
                /** @description 1 for the first attempt. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptRequest"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getDeliveryLog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The story so far. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryLog"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    retryDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, as it is now. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    cancelDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery, as it is now. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resendDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new delivery. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getOverview: {
        parameters: {
            query?: {
                /** @description From then on; default 24 hours before `until`. */
                since?: string;
                /** @description Before then; default now. At most 31 days after `since`. */
                until?: string;
                /** @description Only what goes to this endpoint. */
                endpointId?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overview. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    recoverEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Deliveries created from then on.
                     */
                    since: string;
                    /**
                     * Format: date-time
                     * @description Deliveries created before then; now, at the latest and when absent.
                     */
                    until?: string;
                    /**
                     * @description Which endings to recover from: one, or a list of them.
                     * @default failed
                     */
                    status?: ("failed" | "cancelled") | ("failed" | "cancelled")[];
                    /**
                     * @description Only count; nothing is sent.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description With `dryRun`: what would be sent again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCount"];
                };
            };
            /** @description The recovery; it goes on by itself. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listRecoveries: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                endpointId?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of recoveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Recovery"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recovery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    pauseRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recovery, as it is now. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    resumeRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recovery, as it is now. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    cancelRecovery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recovery, as it is now. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recovery"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createListener: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewListener"];
            };
        };
        responses: {
            /** @description The listener; read its requests next. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listener"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteListener: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Both are gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    readListenerRequests: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream of requests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ListenerRequest"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    answerListenerRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
                requestId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListenerAnswer"];
            };
        };
        responses: {
            /** @description The delivery gets it. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys, without the keys themselves. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    scopes: ("read" | "write")[];
                    /**
                     * Format: date-time
                     * @description Never, when absent.
                     */
                    expiresAt?: string;
                };
            };
        };
        responses: {
            /** @description The key, shown once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked, from now on. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listPortalLinks: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of links, without what opens them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["PortalLink"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    createPortalLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description Seconds that it works, from now on.
                     * @default 3600
                     */
                    expiresIn?: number;
                    /**
                     * @default [
                     *       "read",
                     *       "write"
                     *     ]
                     */
                    scopes?: ("read" | "write")[];
                    /** @description Stands where the name of Posthaste stands else. */
                    name?: string;
                    /**
                     * @description Of buttons and links, as #rrggbb.
                     * @example #0f766e
                     */
                    color?: string;
                    /**
                     * @description Shown beside the name: an https:// URL of at most 2048 characters, or a data: URL of a PNG, JPEG or SVG.
                     * @example https://shop.example/logo.svg
                     */
                    logo?: string;
                    /**
                     * @description Whose pages may show it in a frame; none when absent.
                     * @default []
                     */
                    allowedOrigins?: string[];
                };
            };
        };
        responses: {
            /** @description The link, shown once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewPortalLink"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    endPortalLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the key is and may do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listInboxRequests: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Only those of this name. */
                inbox?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of requests. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            id: string;
                            /** @description Its name: that of `/inbox/{name}`. */
                            inbox: string;
                            /**
                             * Format: date-time
                             * @example 2026-01-31T12:00:00.000Z
                             */
                            receivedAt: string;
                            method: string;
                            /** @description The type that the body names. */
                            event?: string;
                            deliveryId: string;
                            /** @description Which attempt of the delivery, as the request says. */
                            attempt?: string;
                            /** @description Of each signature that came. `expired`: rightly signed, but more than five minutes off. */
                            verdicts: {
                                /** @enum {string} */
                                selgora?: "valid" | "invalid" | "expired";
                                /** @enum {string} */
                                selz?: "valid" | "invalid" | "expired";
                                /** @enum {string} */
                                standard?: "valid" | "invalid" | "expired";
                            };
                            /** @description The status that it was answered with. */
                            answered: number;
                        }[];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getInboxRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InboxRequest"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listAuditLog: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                actor?: string;
                action?: string;
                target?: string;
                /** @description From then on. */
                since?: string;
                /** @description Before then. */
                until?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listCatalogueEventTypes: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
                /** @description Only the types that endpoints of this profile receive; `standard` receives all. */
                profile?: "selgora" | "selz" | "standard";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of types. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CatalogueEventType"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getCatalogueEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The type, with schema and sample. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogueEventType"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    getEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The type. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    putEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                type: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    description?: string;
                    schema?: {
                        [key: string]: unknown;
                    };
                    /** @description A `data` that the schema takes; sent by test sends. */
                    sample?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description The type. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    deleteEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account: string;
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
    listEventTypes: {
        parameters: {
            query?: {
                /** @description How many to answer, 1 to 250; 50 when absent. */
                limit?: number;
                /** @description The `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of types. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventType"][];
                        /** @description Give it as `cursor` for the next page; null on the last. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            500: components["responses"]["Problem500"];
            503: components["responses"]["Problem503"];
        };
    };
}
