import type { CSSProperties } from 'react';

export type Tone = 'good' | 'bad' | 'warning' | 'busy' | 'quiet';

const COLORS: Record<Tone, string> = {
  good: 'teal-8',
  bad: 'red-7',
  warning: 'orange-8',
  busy: 'blue-7',
  quiet: 'gray-6',
};

/** The colour of what is inside, for the classes of deliveries.css. */
export function toned(tone: Tone): CSSProperties {
  return { '--tone': `var(--mantine-color-${COLORS[tone]})` } as CSSProperties;
}
