const UNIT_S = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads waits as people write them, `5s, 5m, 2h, 1d`; NaN stands for one that is none. */
export function parseWaits(text: string): number[] {
  return text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => {
      const [, count, unit = 's'] = /^(\d{1,7})(s|m|h|d)?$/i.exec(part) ?? [];
      return count === undefined
        ? Number.NaN
        : Number(count) * UNIT_S[unit.toLowerCase() as keyof typeof UNIT_S];
    });
}

/** Writes them so, each in its largest whole unit. */
export function writeWaits(waits: readonly number[]): string {
  const write = (wait: number) => {
    const unit = (['d', 'h', 'm'] as const).find((one) => wait % UNIT_S[one] === 0) ?? 's';
    return `${wait / UNIT_S[unit]}${unit}`;
  };
  return waits.map(write).join(', ');
}

/** Seconds from the first attempt to each one, the first among them. */
export function attemptTimes(waits: readonly number[]): number[] {
  const times = [0];
  for (const wait of waits) times.push((times.at(-1) ?? 0) + wait);
  return times;
}
