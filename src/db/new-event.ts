import type { CommittedDelivery, ProfileName } from '../domain/delivery.ts';

/** An event as it was parsed and checked, ready to be stored. */
export interface NewEvent {
  accountId: string;
  /** The caller's own id; made here when absent. */
  id?: string;
  type: string;
  /** JSON text, exactly as it will go over the wire. */
  data: string;
  /** When it happened; when it is accepted, if absent. */
  createdAt?: Date;
  deliverAt?: Date;
  /** The lane that it belongs to at endpoints which are `ordered`. */
  orderingKey?: string;
  selzToken: string;
  /** Hash of what the caller sent, so that a repeat is told from a conflict. */
  contentHash: string;
  idempotencyKey?: string;
  /** Which profiles' endpoints may receive the type. */
  profiles: readonly ProfileName[];
  /** A test event goes to this endpoint alone, subscribed or not. */
  testEndpointId?: string;
  /** An event goes to no endpoint that it is about. */
  exceptEndpointId?: string;
  /** The span under which it is accepted; absent where it is not traced. */
  traceparent?: string;
}

/** What became of it. */
export type Ingested =
  | {
      kind: 'accepted';
      repeated: boolean;
      id: string;
      type: string;
      createdAt: Date;
      deliveries: CommittedDelivery[];
    }
  /** Same id or idempotency key, other content. */
  | { kind: 'conflict'; id: string }
  | { kind: 'no_account' };
