import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import type { endpointSchema, endpointWithSecretSchema } from '../../src/api/endpoint-contract.ts';
import type { AcceptedEvent } from '../../src/api/event-contract.ts';
import type { DeliveryStatus } from '../../src/domain/delivery.ts';
import type { LogEntry } from '../../src/domain/story.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import type { Answer, Posthaste } from './posthaste.ts';
import { waitUntil } from './wait.ts';

export type Endpoint = z.infer<typeof endpointWithSecretSchema>;

/** A merchant with an account of its own, who uses the public API. Its methods throw at an unexpected status. */
export type Merchant = Awaited<ReturnType<typeof openAccount>>;

export async function openAccount({ api }: Pick<Posthaste, 'api'>, id = `shop-${randomUUID().slice(0, 8)}`) {
  const account = `/v1/accounts/${id}`;

  async function expecting<Body>(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Body> {
    const answer = await api.call<Body>(method, account + path, body, headers);
    if (answer.status !== status) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
  await expecting(200, 'PUT', '', {});

  const delivery = (deliveryId: string) => expecting<DeliveryAnswer>(200, 'GET', `/deliveries/${deliveryId}`);
  const send = (event: string, data: unknown = sampleOf(event) ?? {}, more: object = {}) =>
    expecting<AcceptedEvent>(202, 'POST', '/events', { event, data, ...more });

  return {
    id,
    /** Calls below the account's path, whatever the answer. */
    call: <Body = unknown>(
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string>,
    ): Promise<Answer<Body>> => api.call<Body>(method, account + path, body, headers),
    endpoint: (fields: { url: string } & Record<string, unknown>) =>
      expecting<Endpoint>(201, 'POST', '/endpoints', { profile: 'standard', events: ['*'], ...fields }),
    showEndpoint: (endpointId: string) =>
      expecting<z.infer<typeof endpointSchema>>(200, 'GET', `/endpoints/${endpointId}`),
    editEndpoint: (endpointId: string, fields: object) =>
      expecting<z.infer<typeof endpointSchema>>(200, 'PATCH', `/endpoints/${endpointId}`, fields),
    pause: (endpointId: string) => expecting(200, 'POST', `/endpoints/${endpointId}/pause`),
    resume: (endpointId: string) => expecting(200, 'POST', `/endpoints/${endpointId}/resume`),
    deleteEndpoint: (endpointId: string) => expecting(204, 'DELETE', `/endpoints/${endpointId}`),
    rotate: (endpointId: string, body: object = {}) =>
      expecting<{ secret: string }>(200, 'POST', `/endpoints/${endpointId}/secret/rotate`, body),
    /** Sends an event; of a catalogue type, its sample unless `data` is given. */
    send,
    /** Sends an event to the one endpoint there is, and gives its delivery's id. */
    async deliver(event: string, data?: unknown, more?: object): Promise<string> {
      const { deliveries } = await send(event, data, more);
      const [only] = deliveries;
      if (!only || deliveries.length > 1) throw new Error(`${deliveries.length} deliveries`);
      return only.id;
    },
    delivery,
    /** Waits until a delivery has this status, or until the predicate holds of it. */
    until: (
      deliveryId: string,
      what: DeliveryStatus | ((delivery: DeliveryAnswer) => boolean),
      deadlineMs?: number,
    ) =>
      waitUntil(
        () => delivery(deliveryId),
        typeof what === 'string' ? ({ status }) => status === what : what,
        deadlineMs,
      ),
    command: (deliveryId: string, command: 'retry' | 'cancel' | 'resend') =>
      expecting<DeliveryAnswer>(202, 'POST', `/deliveries/${deliveryId}/${command}`),
    reschedule: (deliveryId: string, body: object) =>
      expecting<DeliveryAnswer>(200, 'PATCH', `/deliveries/${deliveryId}`, body),
    log: (deliveryId: string) =>
      expecting<{ source: 'workflow' | 'record'; entries: LogEntry[] }>(
        200,
        'GET',
        `/deliveries/${deliveryId}/log`,
      ),
  };
}
