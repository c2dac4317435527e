import type { Range } from './range.ts';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Labels of a day's chart stand so many hours apart. */
const HOURS_APART = 3;

/** What a moment is called below the chart. */
export function tickText(at: string, range: Range): string {
  return { '24h': time, '7d': weekday, '31d': day }[range].format(new Date(at));
}

/** The buckets that get a label: those that begin a day, or each third hour, in local time. */
export function ticksOf(buckets: readonly { at: string }[], range: Range): string[] {
  const stretchOf = (at: string) => {
    const moment = new Date(at);
    const hours = range === '24h' ? Math.floor(moment.getHours() / HOURS_APART) : 0;
    return `${moment.toDateString()} ${hours}`;
  };
  return buckets
    .map(({ at }) => at)
    .filter((at, index, all) => index > 0 && stretchOf(at) !== stretchOf(all[index - 1] ?? ''));
}

/** `Mon 5 Jan, 14:00 – 14:15` */
export function bucketText(at: string, stepSeconds: number): string {
  const from = new Date(at);
  return `${dayAndTime.format(from)} – ${time.format(new Date(from.getTime() + stepSeconds * 1000))}`;
}

/** `14:00 – 15:00`, with the day when that is another one. */
export function hourText(at: string): string {
  const from = new Date(at);
  const hour = `${time.format(from)} – ${time.format(new Date(from.getTime() + 3_600_000))}`;
  return from.toDateString() === new Date().toDateString() ? hour : `${weekday.format(from)}, ${hour}`;
}
