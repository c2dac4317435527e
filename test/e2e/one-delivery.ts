import { timersOf } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import type { Posthaste } from '../support/posthaste.ts';
import type { ReceivedRequest, Receiver } from '../support/receiver.ts';
import type { Step } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

/** One event sent to the only endpoint of an account of its own. */
export interface OneDelivery {
  merchant: Merchant;
  id: string;
  /** What the endpoint has received so far. */
  requests(): ReceivedRequest[];
  /** Presses a button of the delivery, whatever the answer. */
  press(command: 'retry' | 'cancel' | 'resend'): Promise<{ status: number; body: { code?: string } }>;
}

/** Sends one event to an endpoint that answers as scripted. */
export async function sent(
  { posthaste, receiver }: { posthaste: Posthaste; receiver: Receiver },
  steps: (number | Step)[],
  { fields = {}, more = {} }: { fields?: object; more?: object } = {},
): Promise<OneDelivery> {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  receiver.script(path, ...steps);
  await merchant.endpoint({ url: receiver.url(path), ...fields });
  const id = await merchant.deliver('order.completed', undefined, more);
  return {
    merchant,
    id,
    requests: () => receiver.requests.filter((request) => request.path === path),
    press: (command) => merchant.call('POST', `/deliveries/${id}/${command}`),
  };
}

/** The same, asleep in its first timer after a first attempt that was answered 500. */
export async function asleep(
  stage: { posthaste: Posthaste; receiver: Receiver },
  steps: (number | Step)[],
  fields: object = {},
): Promise<OneDelivery> {
  const delivery = await sent(stage, [500, ...steps], { fields });
  await waitUntil(
    () => timersOf(stage.posthaste.client, delivery.id),
    (timers) => timers.length === 1,
  );
  return delivery;
}
