import type { components, operations } from '../../packages/client/src/index.ts';
import { failureOf } from '../domain/failures.ts';
import type { Output } from './output.ts';
import { type Paint, statusStyle } from './paint.ts';
import type { Column } from './table.ts';
import { manyLines, oneLine } from './text.ts';
import { relative } from './times.ts';

type Delivery = components['schemas']['Delivery'];
type Attempt = components['schemas']['Attempt'];
type LogEntry =
  operations['getDeliveryLog']['responses'][200]['content']['application/json']['entries'][number];

const LONGEST_STATUS = 'delivering'.length;

export const LIST_COLUMNS: readonly Column<Delivery>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'status', value: ({ status }) => status, style: 'status' },
  { title: 'event', value: ({ event }) => event, shrinks: true },
  { title: 'endpoint', value: ({ endpointId }) => endpointId },
  { title: 'tries', value: ({ attemptCount }) => attemptCount, right: true },
  { title: 'last answer', value: ({ attempts }) => resultOf(attempts.at(-1)) },
  { title: 'made', value: ({ createdAt }) => relative(createdAt) },
  { title: 'next', value: ({ nextAttemptAt }) => nextAttemptAt && relative(nextAttemptAt) },
];

const ATTEMPT_COLUMNS: readonly Column<Attempt>[] = [
  { title: '#', value: ({ number }) => number, right: true },
  { title: 'started', value: ({ startedAt }) => startedAt },
  { title: 'took', value: ({ durationMs }) => `${durationMs} ms`, right: true },
  { title: 'answer', value: (attempt) => resultOf(attempt) },
  { title: 'detail', value: ({ errorDetail }) => errorDetail, shrinks: true },
];

function resultOf(attempt: Pick<Attempt, 'responseStatus' | 'error'> | undefined): string | undefined {
  if (!attempt) return undefined;
  return [attempt.responseStatus, attempt.error].filter((part) => part !== undefined).join(' ');
}

export function deliveryText(delivery: Delivery, out: Output): string {
  const { attempts, nextAttemptAt, completedAt } = delivery;
  const facts = out.fields([
    ['id', delivery.id, 'bold'],
    ['status', delivery.status, statusStyle(delivery.status)],
    ['because', delivery.reason],
    ['event', `${delivery.event} (${delivery.eventId})`],
    ['endpoint', delivery.endpointId],
    ['resend of', delivery.resendOf],
    ['waits for', delivery.waitsFor],
    ['made', `${delivery.createdAt} (${relative(delivery.createdAt)})`],
    ['next attempt', nextAttemptAt && `${nextAttemptAt} (${relative(nextAttemptAt)})`],
    ['ended', completedAt && `${completedAt} (${relative(completedAt)})`],
  ]);
  const last = attempts.at(-1);
  const failure = last && failureOf(last);
  const answer = last?.responseBody;
  return [
    facts,
    ...(attempts.length > 0 ? [out.table(ATTEMPT_COLUMNS, attempts)] : []),
    ...(failure ? [`${out.heading(failure.title)}\n${failure.meaning}\n${failure.advice}`] : []),
    ...(answer ? [`${out.heading('Last answer')}\n${manyLines(answer)}`] : []),
  ].join('\n\n');
}

/** A move of a delivery that was seen then, on one line. */
export function moveLine(delivery: Delivery, seenAt: string, paint: Paint): string {
  const { id, status, event, endpointId, attempts } = delivery;
  const last = attempts.at(-1);
  return [
    paint('dim', seenAt.slice(11, 19)),
    paint(statusStyle(status), status.padEnd(LONGEST_STATUS)),
    oneLine(event),
    ...(last ? [`${resultOf(last)}`, `${last.durationMs} ms`, `#${last.number}`] : []),
    endpointId,
    paint('dim', id),
  ].join('  ');
}

/** One line of the story. */
export function logLine(entry: LogEntry, paint: Paint): string {
  return `${paint('dim', entry.at)}  ${oneLine(told(entry))}`;
}

function told(entry: LogEntry): string {
  switch (entry.kind) {
    case 'attempt':
      return `attempt ${entry.number}: ${resultOf(entry)} in ${entry.durationMs} ms`;
    case 'wait':
      return `waits until ${entry.until} (${entry.because})`;
    case 'held':
      return `held (${entry.because})`;
    case 'changed':
      return `${entry.change} by ${entry.by}`;
    case 'ended':
      return `ended: ${[entry.status, entry.reason].filter(Boolean).join(', ')}`;
  }
}
