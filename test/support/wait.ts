import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

const LOOK_INTERVAL_MS = 20;

/**
 * Looks again and again until what is seen holds, and returns it.
 *
 * @param holds default: that the value is truthy
 * @throws Error that shows the value seen last, at the deadline
 */
export async function waitUntil<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean = Boolean,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(`Not so within ${deadlineMs} ms; seen last: ${inspect(value, { depth: 8 })}`);
    }
    await delay(LOOK_INTERVAL_MS);
  }
}
