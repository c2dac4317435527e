import { Tooltip } from '@mantine/core';
import { useState } from 'react';
import { relativeText } from './duration.ts';
import { useTextOfNow } from './use-now.ts';

/** How often what is shown is brought up to date. */
const TICK_MS = 15_000;

/** A moment relative to now; the exact one, in local time and UTC, on hover. */
export function TimeText({ at }: { at: string }) {
  const moment = new Date(at);
  const text = useTextOfNow(TICK_MS, (now) => relativeText(moment, now));
  // A long list would be slow to draw with as many tooltips that nobody has asked for.
  const [isAsked, setAsked] = useState(false);
  const time = (
    <time dateTime={at} onPointerEnter={isAsked ? undefined : () => setAsked(true)}>
      {text}
    </time>
  );
  if (!isAsked) return time;
  return (
    <Tooltip
      defaultOpened
      label={`${moment.toLocaleString()} · ${at}`}
      events={{ hover: true, focus: true, touch: true }}
    >
      {time}
    </Tooltip>
  );
}
