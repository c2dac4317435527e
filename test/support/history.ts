import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** The events of a workflow so far; none when it has not started yet. */
export async function historyOf(client: Client, workflowId: string): Promise<HistoryEvent[]> {
  try {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return events ?? [];
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return [];
    throw error;
  }
}

/** The durations of all timers that a workflow started, in milliseconds, in order. */
export async function timersOf(client: Client, workflowId: string): Promise<number[]> {
  const events = await historyOf(client, workflowId);
  return events.flatMap(({ timerStartedEventAttributes: timer }) =>
    timer
      ? [Number(timer.startToFireTimeout?.seconds ?? 0) * 1000 + (timer.startToFireTimeout?.nanos ?? 0) / 1e6]
      : [],
  );
}

/** A whole history as text, its payloads decoded. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  return JSON.stringify(decoded(await historyOf(client, workflowId)));
}

function decoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decoded(part)]));
}

/** A history as JSON to keep: enums by name, bytes in base64, 64-bit numbers as text. */
export async function exportHistory(client: Client, workflowId: string): Promise<string> {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const plain = History.toObject(History.fromObject(history), {
    enums: String,
    bytes: String,
    longs: String,
  });
  return `${JSON.stringify(plain, null, 1)}\n`;
}

/** What `exportHistory` made, for `Worker.runReplayHistory`. */
export function importHistory(json: string): temporal.api.history.v1.IHistory {
  return History.fromObject(JSON.parse(json));
}

/** Waits until a delivery's workflow has ended; where its first attempt in a burst was its last, there is none. */
export async function workflowEnded(client: Client, deliveryId: string): Promise<void> {
  try {
    await client.workflow.getHandle(deliveryId).result();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
