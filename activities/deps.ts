import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { DeliveryWrites } from '../src/db/delivery-writes.ts';
import type { Vault } from '../src/db/vault.ts';
import type { Post } from '../src/http/post.ts';

/** What the activities need from outside; wired once, in main.ts. */
export interface ActivityDeps {
  pool: Pool;
  /** Claim and record, gathered into statements that carry many rows. */
  writes: DeliveryWrites;
  /** Opens the secrets of endpoints. */
  vault: Vault;
  post: Post;
  logger: Logger;
}
