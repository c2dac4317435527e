const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const timeWithSeconds = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Moments this near to now are told to the second. */
const NEAR_MS = 120_000;
const DAY_MS = 86_400_000;

/** A moment as a clock shows it, in local time: `14:32`, with seconds when it is near, with the day when it is far. */
export function clockText(at: Date, now: Date): string {
  const awayMs = Math.abs(at.getTime() - now.getTime());
  if (awayMs < NEAR_MS) return timeWithSeconds.format(at);
  return awayMs < DAY_MS && at.getDate() === now.getDate() ? time.format(at) : dayAndTime.format(at);
}
