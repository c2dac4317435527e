import type { Io } from './output.ts';

export interface Progress {
  done: number;
  total: number;
  /** Behind the bar. */
  label: string;
}

const BAR_WIDTH = 24;

/** One line that is drawn over, on a terminal; elsewhere nothing. */
export function progressBar(
  { stderr }: Io,
  quiet: boolean,
): { show(progress: Progress): void; clear(): void } {
  if (quiet || !stderr.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: (progress) => stderr.write(`\r${barLine(progress, stderr.columns)}\u001b[K`),
    clear: () => stderr.write('\r\u001b[K'),
  };
}

/** `████████░░░░░░░░  50 %  12 of 24  running` */
export function barLine({ done, total, label }: Progress, width: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  // A line that wraps could not be drawn over.
  return `${bar}  ${Math.floor(share * 100)} %  ${done} of ${total}  ${label}`.slice(
    0,
    Math.max(0, width - 1),
  );
}
