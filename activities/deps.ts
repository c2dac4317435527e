import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DeliveryWrites } from '../src/db/delivery-writes.ts';
import type { Vault } from '../src/db/vault.ts';
import type { CommittedDelivery } from '../src/domain/delivery.ts';
import type { Post } from '../src/http/post.ts';
import type { AttemptsAhead } from './attempts-ahead.ts';
import type { EndpointTurns } from './endpoint-turns.ts';
import type { MadeAttempt } from './made-attempt.ts';
import type { TaskRoom } from './task-room.ts';

/** What the attempts of bursts need from outside. */
export interface BurstDeps {
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
  /** Is told of each attempt, for whoever counts or traces them; default: nobody does. */
  attempted?: ((made: MadeAttempt) => void) | undefined;
  logger: Logger;
}

/** What all activities need; wired once, in compose.ts. */
export interface ActivityDeps extends BurstDeps {
  /** Attempts that were begun before they were asked for; default: none are. */
  ahead?: Pick<AttemptsAhead, 'take' | 'takeEach'> | undefined;
  /** Tells Temporal that the activity under way still is. */
  heartbeat: () => void;
}
