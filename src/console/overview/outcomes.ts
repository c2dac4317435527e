import type { Overview } from '../api/client.ts';

export type Outcome = keyof Overview['totals'];

/** In the order in which they are stacked, from below. */
export const OUTCOMES: { name: Outcome; label: string; color: string }[] = [
  { name: 'succeeded', label: 'Delivered', color: 'teal' },
  { name: 'open', label: 'Not ended', color: 'blue' },
  { name: 'cancelled', label: 'Cancelled', color: 'gray' },
  { name: 'failed', label: 'Failed', color: 'red' },
];

export const sumOf = (counts: Overview['totals']) =>
  OUTCOMES.reduce((sum, { name }) => sum + counts[name], 0);

/** What waits, whenever it was made. */
export const waitingOf = ({ waiting: { pending, delivering, retrying, held } }: Overview) =>
  pending + delivering + retrying + held;

const count = new Intl.NumberFormat('en');

/** `12,345` */
export const countText = (number: number) => count.format(number);

/** Rounded down, so that only what is whole is called so: `99.9 %`. */
export const shareText = (share: number) => `${Math.floor(share * 1000 + 1e-9) / 10} %`;
