import { expect, test } from 'vitest';
import type { MadeAttempt } from '../../activities/made-attempt.ts';
import { createMeters } from '../../src/metrics/meters.ts';

/** What one process tells of an attempt that succeeded, at its how manyth try. */
function succeededAt(tryNumber: number): MadeAttempt {
  const startedAt = new Date();
  const attempt = { number: 1, startedAt: startedAt.toISOString(), durationMs: 5, responseStatus: 200 };
  return {
    claim: { profile: 'standard', number: 1, try: tryNumber, startedAt } as MadeAttempt['claim'],
    ended: {
      number: 1,
      startedAt,
      durationMs: 5,
      outcome: { kind: 'answered', status: 200, headers: {}, body: '', truncated: false },
    } as MadeAttempt['ended'],
    step: { kind: 'settled', status: 'succeeded', attempt },
    tookMs: 5,
  };
}

test.each([
  [1, 0],
  [2, 1],
  [3, 2],
])('an attempt that is made at its try %i was interrupted %i times', async (tryNumber, interruptions) => {
  const meters = createMeters();
  meters.attempted(succeededAt(tryNumber));
  const counted = await meters.registry.getSingleMetric('posthaste_attempts_total')?.get();
  const by = (outcome: string) =>
    counted?.values.find(({ labels }) => labels.profile === 'standard' && labels.outcome === outcome)?.value;
  expect([by('interrupted'), by('success')]).toEqual([interruptions, 1]);
});
