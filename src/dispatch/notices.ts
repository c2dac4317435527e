import type { Pool } from 'pg';
import type { Ingested, NewEvent } from '../db/new-event.ts';
import { deleteNotices, type Notice, readNotices } from '../db/notices.ts';
import type { Duty } from './duties.ts';
import type { Relay } from './relay.ts';

const NOTICES_AT_ONCE = 100;

export interface NoticeDeps {
  pool: Pool;
  ingest(event: NewEvent): Promise<Ingested>;
  relay: Pick<Relay, 'offer'>;
  newSelzToken(): string;
}

/** Makes events of what is to be told, and has them delivered like any other. */
export function noticesDuty(deps: NoticeDeps): Duty {
  return {
    name: 'notices',
    everyMs: 1000,
    async run() {
      for (;;) {
        const notices = await readNotices(deps.pool, NOTICES_AT_ONCE);
        const told = await Promise.allSettled(notices.map((notice) => tell(deps, notice)));
        const done = notices.filter((_, index) => told[index]?.status === 'fulfilled');
        if (done.length > 0)
          await deleteNotices(
            deps.pool,
            done.map(({ id }) => id),
          );
        const failed = told.find((one) => one.status === 'rejected');
        if (failed) throw failed.reason;
        if (notices.length < NOTICES_AT_ONCE) return;
      }
    },
  };
}

/** A notice that was told before its process died, and is told again, is one event. */
async function tell({ ingest, relay, newSelzToken }: NoticeDeps, notice: Notice): Promise<void> {
  // A key that no caller can have: theirs have no spaces.
  const key = `notice ${notice.id}`;
  const ingested = await ingest({
    accountId: notice.accountId,
    type: notice.type,
    data: JSON.stringify(notice.data),
    createdAt: notice.at,
    selzToken: newSelzToken(),
    contentHash: key,
    idempotencyKey: key,
    profiles: ['standard'],
    exceptEndpointId: notice.data.endpointId,
  });
  if (ingested.kind === 'accepted' && !ingested.repeated) relay.offer(ingested.deliveries);
}
