import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DeliveryWrites } from '../src/db/delivery-writes.ts';
import type { Vault } from '../src/db/vault.ts';
import type { CommittedDelivery } from '../src/domain/delivery.ts';
import type { Post } from '../src/http/post.ts';
import type { EndpointTurns } from './endpoint-turns.ts';
import type { TaskRoom } from './task-room.ts';

/** What the activities need from outside; wired once, in main.ts. */
export interface ActivityDeps {
  pool: Pool;
  /** Claim and record, gathered into statements that carry many rows. */
  writes: DeliveryWrites;
  /** Opens the secrets of endpoints. */
  vault: Vault;
  post: Post;
  /** Has the workflows of deliveries that were just committed started at once. */
  offer(deliveries: readonly CommittedDelivery[]): void;
  /** Shares out the room that first attempts have inside workflow tasks. */
  taskRoom: TaskRoom;
  /** Lets attempts at one endpoint wait for each other a little. */
  turns: EndpointTurns;
  /** Tells Temporal that the activity under way still is. */
  heartbeat: () => void;
  logger: Logger;
}
