import { isOperational } from './operational.ts';

/**
 * Which endpoints an event goes to. A subscription is a list of patterns: an exact type, `*` for every type, or
 * a prefix that ends at a separator followed by `*` (`order.*`, `order_*`). `*` alone does not ask for operational
 * events: who wants everything that happens wants no news of the deliveries themselves.
 */

/** A well-formed event type: letters, digits, `_`, `.` and `-`; up to 128. */
export const EVENT_TYPE = /^[A-Za-z0-9_.-]{1,128}$/;

/** A well-formed subscription pattern. */
export const SUBSCRIPTION_PATTERN = /^(?:\*|[A-Za-z0-9_.-]{0,127}[_.-]\*|[A-Za-z0-9_.-]{1,128})$/;

/**
 * Every pattern that matches a type, so that matching is an overlap of two lists (in SQL: `events && $1`).
 *
 * `order.line.added` → `*`, `order.*`, `order.line.*`, `order.line.added`; `endpoint.failing`, an operational type →
 * `endpoint.*`, `endpoint.failing`
 */
export function patternsMatching(type: string): string[] {
  const prefixes = [...type.matchAll(/[_.-]/g)].map(({ index }) => `${type.slice(0, index + 1)}*`);
  return isOperational(type) ? [...prefixes, type] : ['*', ...prefixes, type];
}

/** Whether a subscription takes a type. */
export function subscribes(patterns: readonly string[], type: string): boolean {
  return patternsMatching(type).some((pattern) => patterns.includes(pattern));
}
