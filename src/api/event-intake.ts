import type { Ingested, NewEvent } from '../db/new-event.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { isOperational } from '../domain/operational.ts';
import { profilesReceiving } from '../profiles/catalogue/index.ts';
import { newSelzToken } from '../profiles/secret.ts';
import { validateCatalogueData } from '../profiles/validate-data.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { contentHash } from './content-hash.ts';
import type { ApiDeps } from './deps.ts';
import type { AcceptedEvent, SentEvent } from './event-contract.ts';
import { type WritingFault, wronglyWritten } from './exactness.ts';
import { freeTypeErrors } from './free-types.ts';
import type { WorkBudget } from './schema-work.ts';

/**
 * Checks an event, and makes it ready to be stored.
 *
 * @throws {AppError} 413 too long, 422 a type that is not the caller's to send, data that is not right for its type, or would not arrive as it was written
 */
export async function checkEvent(
  { pool }: Pick<ApiDeps, 'pool'>,
  accountId: string,
  sent: SentEvent,
  {
    idempotencyKey,
    fault,
    work,
  }: { idempotencyKey?: string | undefined; fault?: WritingFault | undefined; work?: WorkBudget },
): Promise<NewEvent> {
  refuseOperational(sent.event);
  if (fault) throw wronglyWritten(fault);
  const data = JSON.stringify(sent.data);
  if (Buffer.byteLength(data) > MAX_BODY_BYTES) {
    throw new AppError(
      413,
      'event_too_large',
      `The data of an event may be ${MAX_BODY_BYTES} bytes long at most.`,
    );
  }
  const errors = validateCatalogueData(sent.event, sent.data);
  errors.push(...(await freeTypeErrors(pool, accountId, sent.event, sent.data, work)));
  if (errors.length > 0) {
    throw new AppError(422, 'invalid_event_data', `The data is not right for ${sent.event}.`, errors);
  }
  const { deliverAt, orderingKey } = sent;
  return {
    accountId,
    ...(sent.id !== undefined && { id: sent.id }),
    type: sent.event,
    data,
    ...(sent.createdAt && { createdAt: sent.createdAt }),
    ...(deliverAt && { deliverAt }),
    ...(orderingKey !== undefined && { orderingKey }),
    selzToken: newSelzToken(),
    contentHash: contentHash(sent),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    profiles: profilesReceiving(sent.event),
  };
}

/** @throws {AppError} 422 */
export function refuseOperational(type: string): void {
  if (!isOperational(type)) return;
  const detail = `"${type}" is a type of Posthaste's own; choose another name.`;
  throw new AppError(422, 'reserved_event_type', detail);
}

/**
 * Stores an event with its deliveries, and has them started. One that was stored before is answered as it was
 * then.
 *
 * @throws {AppError} 404 no such account, 409 another event has its id or key
 */
export async function storeEvent(
  { ingest, relay }: Pick<ApiDeps, 'ingest' | 'relay'>,
  event: NewEvent,
): Promise<AcceptedEvent> {
  const accepted = acceptedOr4xx(event.accountId, await ingest(event));
  // Those of a repeat were offered the first time; the sweep has whatever became of them.
  if (!accepted.repeated) relay.offer(accepted.deliveries.filter(({ waitsInLane }) => !waitsInLane));
  return {
    id: accepted.id,
    event: accepted.type,
    createdAt: accepted.createdAt.toISOString(),
    deliveries: accepted.deliveries.map(({ id, endpointId }) => ({ id, endpointId, workflowId: id })),
  };
}

export function acceptedOr4xx(
  accountId: string,
  ingested: Ingested,
): Extract<Ingested, { kind: 'accepted' }> {
  switch (ingested.kind) {
    case 'accepted':
      return ingested;
    case 'no_account':
      throw notFound('account', accountId);
    case 'conflict':
      throw new AppError(
        409,
        'idempotency_conflict',
        `The event "${ingested.id}" has this id or idempotency key and other content. Send a new event under a new one.`,
      );
  }
}
