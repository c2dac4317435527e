/** A subscription in a few words. */
export function eventsSummary(events: readonly string[]): string {
  if (events.includes('*')) return 'All events';
  const [first = '', second] = events;
  if (second === undefined) return first;
  return events.length === 2 ? `${first}, ${second}` : `${first} and ${events.length - 1} more`;
}
