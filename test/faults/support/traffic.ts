import { randomBytes } from 'node:crypto';
import type { AcceptedEvent } from '../../../src/api/event-contract.ts';
import { type Endpoint, type Merchant, openAccount } from '../../support/merchant.ts';
import { gate } from '../../support/steps.ts';
import type { Child } from './child.ts';
import type { Stage } from './stage.ts';

/** A free type, which `standard` endpoints receive. */
const EVENT = 'fault.case';

/** An event as it is sent, named by its sender: so it can be sent again when no answer came. */
export interface OwnEvent {
  id: string;
  event: string;
  data: { n: number; padding?: string };
  deliverAt?: string;
}

/** What the product promised to deliver. */
export interface Accepted {
  event: OwnEvent;
  answer: AcceptedEvent;
}

/** Longer than any test keeps a request waiting, on a machine that is busy. */
const TIMEOUT_MS = 30_000;

/** A merchant with an endpoint at `/hook` of the receiver. */
export async function openShop(stage: Stage, fields: Record<string, unknown> = {}): Promise<Merchant> {
  const merchant = await openAccount(stage);
  await addEndpoint(stage, merchant, '/hook', fields);
  return merchant;
}

export function addEndpoint(
  { receiver }: Stage,
  merchant: Merchant,
  path: string,
  fields: Record<string, unknown> = {},
): Promise<Endpoint> {
  return merchant.endpoint({ url: receiver.url(path), timeoutMs: TIMEOUT_MS, ...fields });
}

/** Events of one name, told apart by their ids. */
export function someEvents(
  count: number,
  { event = EVENT, padding, deliverAt }: { event?: string; padding?: string; deliverAt?: string } = {},
): OwnEvent[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${event.replace('.', '-')}-${String(n).padStart(4, '0')}`,
    event,
    data: { n, ...(padding !== undefined && { padding }) },
    ...(deliverAt !== undefined && { deliverAt }),
  }));
}

/**
 * Sends all of them at once, each again and again until it is accepted.
 *
 * @param first which process is asked first. Default: the one with an API that was started last
 */
export function sendPatiently(
  stage: Stage,
  merchant: Merchant,
  events: OwnEvent[],
  first?: Child,
): Promise<Accepted[]> {
  return Promise.all(
    events.map(async (event) => {
      const path = `/v1/accounts/${merchant.id}/events`;
      const { status, body } = await stage.patiently<AcceptedEvent>('POST', path, event, first);
      if (status !== 202) throw new Error(`${event.id} was answered ${status}: ${JSON.stringify(body)}`);
      return { event, answer: body };
    }),
  );
}

/**
 * Has the POSTs of so many events under way at `/hook`, until `held` is opened.
 *
 * @param withinMs default 60,000
 */
export async function holdPosts(stage: Stage, merchant: Merchant, count: number, withinMs = 60_000) {
  const held = gate();
  stage.receiver.script('/hook', held.step);
  const accepted = await sendPatiently(stage, merchant, someEvents(count));
  await stage.receiver.waitFor(count, withinMs);
  return { held, accepted };
}

/** Text that a database cannot make smaller. */
export function incompressible(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}
