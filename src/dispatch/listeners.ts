import { writeAudit } from '../db/audit.ts';
import { deleteEndpoint } from '../db/endpoint-deletion.ts';
import { findEndpoint } from '../db/endpoints.ts';
import { dropForgottenRequests } from '../db/listener-requests.ts';
import { deleteUnread, type ListenerRow, listUnread } from '../db/listeners.ts';
import { type Database, inTransaction } from '../db/pool.ts';
import type { Duty } from './duties.ts';
import type { Relay } from './relay.ts';

const EVERY_MS = 5000;
const LISTENERS_AT_ONCE = 100;
/** Who is said to have ended them. */
const ACTOR = 'posthaste';

/** Ends listeners that nobody has read for so long, with their endpoints, and forgets requests that nobody holds. */
export function listenersDuty(
  { pool, relay }: { pool: Database; relay: Pick<Relay, 'poke'> },
  unreadMs: number,
): Duty {
  return {
    name: 'listeners',
    everyMs: Math.min(EVERY_MS, unreadMs),
    async run() {
      await dropForgottenRequests(pool);
      const unread = await listUnread(pool, unreadMs, LISTENERS_AT_ONCE);
      for (const listener of unread) await end(pool, listener, unreadMs);
      if (unread.length > 0) relay.poke();
    },
  };
}

function end(pool: Database, listener: ListenerRow, unreadMs: number): Promise<void> {
  const { id, account_id: accountId, endpoint_id: endpointId } = listener;
  return inTransaction(pool, async (db) => {
    // Its lock first, as whoever else deletes an endpoint takes it.
    const endpoint = await findEndpoint(db, accountId, endpointId, { lock: true });
    // Somebody came after all.
    if (!(await deleteUnread(db, id, unreadMs))) return;
    await writeAudit(db, { accountId, actor: ACTOR, action: 'listener.expired', target: id });
    if (endpoint) await deleteEndpoint(db, { id: endpointId, accountId }, ACTOR);
  });
}
