import { expect, test } from 'vitest';
import { LONGEST_WAIT_S, MOST_WAITS } from '../../src/domain/schedule.ts';
import { askedOf, signalled } from '../../src/domain/signalled.ts';

const most = Array(MOST_WAITS).fill(LONGEST_WAIT_S);

test.each([
  [
    { by: 'key_1', afterAttempt: 2 },
    { by: 'key_1', afterAttempt: 2, asked: {} },
  ],
  [
    { nextAttemptAt: '2026-01-31T12:00:00+01:00', retryScheduleS: most },
    { asked: { nextAttemptAt: '2026-01-31T12:00:00+01:00', retryScheduleS: most } },
  ],
  [{ retryScheduleS: [] }, { asked: { retryScheduleS: [] } }],
  // A part that is as it should be is heeded without the others.
  [{ by: 'x'.repeat(129), nextAttemptAt: '', retryScheduleS: [1] }, { asked: { retryScheduleS: [1] } }],
  [
    { by: 'a\nb', afterAttempt: {} },
    { afterAttempt: Number.NaN, asked: {} },
  ],
  [undefined, { asked: {} }],
  ['by', { asked: {} }],
])('of %j there is to heed %j', (input, heeded) => {
  expect(signalled(input)).toEqual(heeded);
});

test.each([[[0]], [[1.5]], [[LONGEST_WAIT_S + 1]], [[...most, 1]], [['1']], [{ length: 1 }], [null]])(
  'the schedule %j is none',
  (retryScheduleS) => {
    expect(askedOf({ retryScheduleS })).toEqual({});
  },
);

test.each(['2026-01-31', '2026-01-31T12:00:00', '2026-01-31 12:00:00Z', '2026-02-99T12:00:00Z', 0, null])(
  '%j is no time',
  (nextAttemptAt) => {
    expect(askedOf({ nextAttemptAt })).toEqual({});
  },
);
