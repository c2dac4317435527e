import type { Queryable } from './pool.ts';

/** Requests of one listener that wait for an answer at a time. */
export const MOST_WAITING = 20;
/** Nobody waits any more for one that came so long ago: an attempt takes 30 seconds at most. */
const LONGEST_WAIT = '2 minutes';

/** A request of a delivery, as it came. */
export interface HeldRequest {
  deliveryId: string;
  attempt: number;
  method: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** What becomes of one: an answer, or why there is none. */
export type ListenerAnswer =
  | { status: number; headers: Record<string, string>; body: Buffer }
  | { error: string };

/** Where one that is held stands; `abandoned`: nobody reads the listener any more, or it is gone. */
export type Held = { kind: 'waiting' } | { kind: 'abandoned' } | { kind: 'answered'; answer: ListenerAnswer };

/** Holds a request; undefined when as many wait already as may, or the listener is gone. */
export async function holdRequest(
  db: Queryable,
  listenerId: string,
  { deliveryId, attempt, method, headers, body }: HeldRequest,
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    name: 'hold-request',
    text: `
      insert into listener_requests (account_id, listener_id, delivery_id, attempt, method, headers, body)
      select account_id, id, $2, $3, $4, $5, $6 from listeners l
      where id = $1 and (select count(*) from listener_requests r where r.listener_id = l.id) < ${MOST_WAITING}
      returning id`,
    values: [listenerId, deliveryId, attempt, method, JSON.stringify(headers), body],
  });
  return rows[0]?.id;
}

/**
 * The next request of a listener that its reader was not sent yet, as sent to it now.
 *
 * @returns `displaced` when another reader has its place, or the listener is gone
 */
export async function takeRequest(
  db: Queryable,
  listenerId: string,
  reader: string,
): Promise<(HeldRequest & { id: string }) | 'displaced' | undefined> {
  const { rows } = await db.query<HeldRequest & { id: string | null }>({
    name: 'take-request',
    text: `
      with place as (
        select from listeners where id = $1 and reader = $2
      ), taken as (
        update listener_requests set sent_to = $2
        where exists (select from place) and id = (
          select id from listener_requests
          where listener_id = $1 and answered_at is null and sent_to is distinct from $2 order by id limit 1
        )
        returning id, delivery_id as "deliveryId", attempt, method, headers, body
      )
      select taken.* from place left join taken on true`,
    values: [listenerId, reader],
  });
  const [row] = rows;
  if (!row) return 'displaced';
  const { id, ...request } = row;
  return id === null ? undefined : { id, ...request };
}

/** Answers a request; false when it is not there, is answered, or nobody waits for it any more. */
export async function answerRequest(
  db: Queryable,
  { account, listenerId, id }: { account: string; listenerId: string; id: string },
  answer: ListenerAnswer,
): Promise<boolean> {
  const values =
    'error' in answer
      ? [null, null, Buffer.from(answer.error)]
      : [answer.status, JSON.stringify(answer.headers), answer.body];
  const { rowCount } = await db.query(
    `update listener_requests set answered_at = now(), status = $4, answer_headers = $5, answer_body = $6
     where account_id = $1 and listener_id = $2 and id = $3 and answered_at is null`,
    [account, listenerId, id, ...values],
  );
  return rowCount === 1;
}

/** Where a request stands that somebody waits for. */
export async function lookAtHeld(db: Queryable, id: string): Promise<Held> {
  const { rows } = await db.query<{
    is_answered: boolean;
    is_read: boolean;
    status: number | null;
    headers: Record<string, string> | null;
    body: Buffer | null;
  }>({
    name: 'look-at-held',
    text: `
      select r.answered_at is not null as is_answered, l.read_until > now() as is_read, r.status,
        r.answer_headers as headers, r.answer_body as body
      from listener_requests r join listeners l on l.id = r.listener_id where r.id = $1`,
    values: [id],
  });
  const [row] = rows;
  if (!row) return { kind: 'abandoned' };
  if (!row.is_answered) return { kind: row.is_read ? 'waiting' : 'abandoned' };
  const body = row.body ?? Buffer.alloc(0);
  if (row.status === null) return { kind: 'answered', answer: { error: body.toString() } };
  return { kind: 'answered', answer: { status: row.status, headers: row.headers ?? {}, body } };
}

/** Whoever waited for it does so no more. */
export async function letGoOfRequest(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'let-go-of-request',
    text: 'delete from listener_requests where id = $1',
    values: [id],
  });
}

/** Deletes what a process that died held; how many. */
export async function dropForgottenRequests(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `delete from listener_requests where came_at < now() - interval '${LONGEST_WAIT}'`,
  );
  return rowCount ?? 0;
}
