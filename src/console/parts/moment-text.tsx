import { Tooltip } from '@mantine/core';
import { clockText } from './clock-text.ts';

/** A moment as a clock shows it; the exact one, in local time and UTC, on hover and focus. */
export function MomentText({ at, now }: { at: string; now: Date }) {
  const moment = new Date(at);
  return (
    <Tooltip label={`${moment.toLocaleString()} · ${at}`} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{clockText(moment, now)}</time>
    </Tooltip>
  );
}
