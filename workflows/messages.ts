import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery } from '@temporalio/workflow';
import type { DeliveryStatus, FailureReason } from '../src/domain/delivery.ts';
import type { AskedReschedule } from '../src/domain/signalled.ts';
import type { LogEntry } from '../src/domain/story.ts';
import { publicSignal } from './signals.ts';

/** The only input a delivery has; everything else is read from Postgres when it is needed. */
export interface DeliveryInput {
  deliveryId: string;
  /** RFC 3339. When set, and ahead, the first attempt waits for it in a durable timer. */
  deliverAt?: string;
}

/** Who pressed: an API key's id, `operator`, or whoever uses Temporal's own tools. */
interface By {
  by?: string;
}

/** Attempt now. Ignored unless the delivery sleeps, or sleeps next, after attempt number `afterAttempt`. */
export type RetryNow = By & { afterAttempt?: number };
export type Cancel = By;
/**
 * Wake at another time, or keep to another schedule (seconds) from here on, or both. Ignored unless the delivery
 * sleeps, or sleeps next, after attempt number `afterAttempt`; without that it means whatever sleep comes next.
 */
export type Reschedule = By & AskedReschedule & { afterAttempt?: number };
/** The endpoint was edited, paused, resumed or deleted: look again. */
export type EndpointChanged = By;

/** The endpoint has room for it, or lets it through again: whoever resumed it is `by`. */
export type Proceed = By;

export interface StatusAnswer {
  status: DeliveryStatus;
  reason?: FailureReason;
  attemptCount: number;
  nextAttemptAt?: string;
}

export const retryNow = publicSignal('retryNow');
export const cancel = publicSignal('cancel');
export const reschedule = publicSignal('reschedule');
export const endpointChanged = publicSignal('endpointChanged');
export const proceed = publicSignal('proceed');

export const log = defineQuery<LogEntry[]>('log');
export const status = defineQuery<StatusAnswer>('status');

export const AccountId = defineSearchAttributeKey('AccountId', SearchAttributeType.KEYWORD);
export const EndpointId = defineSearchAttributeKey('EndpointId', SearchAttributeType.KEYWORD);
export const EventType = defineSearchAttributeKey('EventType', SearchAttributeType.KEYWORD);
export const DeliveryStatusKey = defineSearchAttributeKey('DeliveryStatus', SearchAttributeType.KEYWORD);

/** Finds the burst that made a delivery's first attempt. */
export const DeliveryIds = defineSearchAttributeKey('DeliveryIds', SearchAttributeType.KEYWORD_LIST);

/** All of them, as a cluster must know them. */
export const SEARCH_ATTRIBUTES = [
  ...[AccountId, EndpointId, EventType, DeliveryStatusKey].map(({ name }) => ({
    name,
    type: 'Keyword' as const,
  })),
  { name: DeliveryIds.name, type: 'KeywordList' as const },
];
