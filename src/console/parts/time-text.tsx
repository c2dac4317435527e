import { Tooltip } from '@mantine/core';
import { relativeText } from './duration.ts';
import { useNow } from './use-now.ts';

/** How often what is shown is brought up to date. */
const TICK_MS = 15_000;

/** A moment relative to now; the exact one, in local time and UTC, on hover and focus. */
export function TimeText({ at }: { at: string }) {
  const now = useNow(TICK_MS);
  const moment = new Date(at);
  return (
    <Tooltip label={`${moment.toLocaleString()} · ${at}`} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{relativeText(moment, now)}</time>
    </Tooltip>
  );
}
