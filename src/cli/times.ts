import { CommandError } from './exit-codes.ts';

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A point of time: how long ago (`90s`, `30m`, `2h`, `3d`, `1w`), or RFC 3339, or a date.
 * @throws {CommandError}
 */
export function pastTime(text: string, now = new Date()): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined)
    return new Date(now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new CommandError(`"${text}" is not a time: say how long ago (30m, 2h, 3d), or 2026-01-31T12:00:00Z.`);
}

/** `just now`, `5 min ago`, `in 2 h`; the date when it is more than a week away. */
export function relative(iso: string, now = new Date()): string {
  const apartS = Math.round((Date.parse(iso) - now.getTime()) / 1000);
  const distanceS = Math.abs(apartS);
  if (distanceS < 2) return 'just now';
  if (distanceS >= 7 * 86_400) return iso.slice(0, 16).replace('T', ' ');
  const said =
    distanceS < 60
      ? `${distanceS} s`
      : distanceS < 3600
        ? `${Math.floor(distanceS / 60)} min`
        : distanceS < 2 * 86_400
          ? `${Math.floor(distanceS / 3600)} h`
          : `${Math.floor(distanceS / 86_400)} days`;
  return apartS < 0 ? `${said} ago` : `in ${said}`;
}
