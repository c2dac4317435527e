import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { temporal } from '@temporalio/proto';
import { expect } from 'vitest';
import type { DeliveryAnswer } from '../../../src/api/delivery-view.ts';
import { DeliveryIds } from '../../../workflows/messages.ts';
import { historyOf } from '../../support/history.ts';
import type { Merchant } from '../../support/merchant.ts';
import type { ReceivedRequest } from '../../support/receiver.ts';
import { waitUntil } from '../../support/wait.ts';
import type { Figures } from './figures.ts';
import type { Stage } from './stage.ts';
import { type Accepted, sendPatiently } from './traffic.ts';

const LOOK_EVERY_MS = 100;

const { EventType } = temporal.api.enums.v1;

export interface Expected {
  /** How many processes were killed: as often may an attempt have been sent again. Default 0. */
  kills?: number;
  /** The attempt that succeeds. Default 1. */
  attempts?: number;
  /** When the fault was over, by `performance.now()`: what recovery is counted from. */
  since: number;
  /** Default 150,000. */
  withinMs?: number;
}

/**
 * What holds whatever went wrong: everything that was accepted is delivered and recorded once, with the same body
 * each time; a repeated attempt is repeated at most once a kill, keeps its number, and is recorded as interrupted;
 * no delivery had two workflows; and an event that is sent again gets the answer that it got before.
 */
export async function expectAllDelivered(
  stage: Stage,
  merchant: Merchant,
  accepted: Accepted[],
  { kills = 0, attempts = 1, since, withinMs = 150_000 }: Expected,
): Promise<Figures> {
  const ids = accepted.flatMap(({ answer }) => answer.deliveries.map(({ id }) => id));
  expect(ids).toHaveLength(accepted.length);
  await untilAllSucceeded(stage, ids, withinMs);
  const recoveredMs = Math.round(performance.now() - since);

  let interrupted = 0;
  for (const { event, answer } of accepted) {
    const delivery = await merchant.delivery(answer.deliveries[0]?.id ?? '');
    expect(delivery).toMatchObject({ status: 'succeeded', attemptCount: attempts, eventId: event.id });
    const posts = postsOf(stage, delivery.id);
    expect(new Set(posts.map(({ body }) => body.toString('base64'))).size).toBe(1);
    expect(JSON.parse(String(posts[0]?.body))).toMatchObject({ id: event.id, data: event.data });
    expect(new Set(posts.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([event.id]));
    for (let number = 1; number <= attempts; number++) {
      const sent = posts.filter(({ headers }) => headers['posthaste-attempt'] === String(number)).length;
      const told = delivery.attempts.filter((attempt) => attempt.number === number);
      const cutShort = told.filter(({ error }) => error === 'interrupted').length;
      expect(told.at(-1)?.error).not.toBe('interrupted');
      expect(cutShort).toBe(told.length - 1);
      expect(sent).toBeGreaterThanOrEqual(1);
      if (sent > Math.min(1 + kills, told.length)) throw new Error(await whatHappened(stage, delivery));
      interrupted += cutShort;
    }
    expect(posts.at(-1)?.headers['posthaste-attempt']).toBe(String(attempts));
  }
  const again = await sendPatiently(
    stage,
    merchant,
    accepted.map(({ event }) => event),
  );
  expect(again).toEqual(accepted);
  const posts = ids.flatMap((id) => postsOf(stage, id)).length;
  return {
    events: accepted.length,
    kills,
    posts,
    duplicates: posts - accepted.length * attempts,
    interrupted,
    ...(await expectCarriedOnce(stage, ids)),
    recoveredMs,
  };
}

/** Looks at the record past all wires, so that looking costs the product nothing. */
async function untilAllSucceeded({ database }: Stage, ids: string[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const { rows } = await database.query<{ id: string; status: string }>(
      `select id, status from deliveries where id = any($1) and status <> 'succeeded'`,
      [ids],
    );
    if (rows.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`after ${withinMs} ms ${rows.length} of ${ids.length}: ${JSON.stringify(rows)}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Why an attempt was sent too often: what the receiver, the record and the workflow say. */
async function whatHappened(stage: Stage, delivery: DeliveryAnswer): Promise<string> {
  const history = await historyOf(stage.client, delivery.id);
  return inspect(
    {
      posts: postsOf(stage, delivery.id).map(
        ({ receivedAt, headers }) => `${receivedAt.toISOString()} attempt ${headers['posthaste-attempt']}`,
      ),
      attempts: delivery.attempts.map(
        ({ number, startedAt, durationMs, error }) =>
          `${startedAt} attempt ${number}, ${durationMs} ms ${error}`,
      ),
      history: history.map(
        ({ eventTime, eventType }) =>
          `${new Date(Number(eventTime?.seconds) * 1000).toISOString()} ${EventType[eventType ?? 0]}`,
      ),
    },
    { depth: 5 },
  );
}

/** Waits until there are so many deliveries of which an SQL condition holds. */
export async function untilDeliveries({ database }: Stage, count: number, condition: string): Promise<void> {
  await waitUntil(
    async () => (await database.query(`select from deliveries where ${condition}`)).rowCount ?? 0,
    (rows) => rows >= count,
    60_000,
  );
}

/** Waits until so many deliveries wait in Temporal for a worker, in workflows of their own or in bursts. */
export async function untilInTemporal({ client, taskQueue }: Stage, count: number): Promise<void> {
  await waitUntil(
    async () => {
      let waiting = 0;
      for await (const { type, typedSearchAttributes } of client.workflow.list({
        query: `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'`,
      }))
        waiting += type === 'burst' ? (typedSearchAttributes.get(DeliveryIds)?.length ?? 0) : 1;
      return waiting;
    },
    (waiting) => waiting >= count,
    60_000,
  );
}

export function postsOf({ receiver }: Stage, deliveryId: string): ReceivedRequest[] {
  return receiver.requests.filter(({ headers }) => headers['posthaste-delivery'] === deliveryId);
}

/**
 * Each delivery had one workflow with one run, which completed; or none, when the first attempt that a burst made was
 * its last. The bursts completed, too.
 */
export async function expectCarriedOnce(
  stage: Stage,
  ids: readonly string[],
): Promise<Pick<Figures, 'workflows' | 'bursts'>> {
  const { database, client } = stage;
  const { rows } = await database.query<{ id: string }>(
    'select id from deliveries where id = any($1) and (burst_id is null or attempt_count > 1)',
    [ids],
  );
  const alone = new Set(rows.map(({ id }) => id));
  const { runs, bursts } = await waitUntil(
    async () => {
      const found: Record<'runs' | 'bursts', string[]> = { runs: [], bursts: [] };
      for await (const { workflowId, type, status } of client.workflow.list({
        query: `TaskQueue = '${stage.taskQueue}' and WorkflowType in ('delivery', 'burst')`,
      })) {
        if (type === 'burst') found.bursts.push(`${workflowId} ${status.name}`);
        else if (ids.includes(workflowId)) found.runs.push(`${workflowId} ${status.name}`);
      }
      return found;
    },
    (found) =>
      found.runs.filter((run) => alone.has(run.split(' ')[0] ?? '')).length >= alone.size &&
      [...found.runs, ...found.bursts].every((run) => run.endsWith(' COMPLETED')),
    90_000,
  );
  const ofOwn = runs.map((run) => run.split(' ')[0]);
  expect(new Set(ofOwn).size).toBe(ofOwn.length);
  expect(ofOwn).toEqual(expect.arrayContaining([...alone]));
  return {
    ...(runs.length > 0 && { workflows: runs.length }),
    ...(bursts.length > 0 && { bursts: bursts.length }),
  };
}
