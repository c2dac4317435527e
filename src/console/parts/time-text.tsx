import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { relativeText } from './duration.ts';

/** How often what is shown is brought up to date. */
const TICK_MS = 15_000;

/** A moment relative to now; the exact one, in local time and UTC, on hover and focus. */
export function TimeText({ at }: { at: string }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const moment = new Date(at);
  return (
    <Tooltip label={`${moment.toLocaleString()} · ${at}`} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{relativeText(moment, now)}</time>
    </Tooltip>
  );
}
