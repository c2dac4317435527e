import { Anchor, Text } from '@mantine/core';
import type { IconProps } from '@tabler/icons-react';
import IconBan from '@tabler/icons-react/icons/IconBan';
import IconCheck from '@tabler/icons-react/icons/IconCheck';
import IconClock from '@tabler/icons-react/icons/IconClock';
import IconPlayerPause from '@tabler/icons-react/icons/IconPlayerPause';
import IconRefresh from '@tabler/icons-react/icons/IconRefresh';
import IconSend from '@tabler/icons-react/icons/IconSend';
import IconX from '@tabler/icons-react/icons/IconX';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Delivery, DeliveryLog, Endpoint } from '../api/client.ts';
import { DeliveryStatus } from '../parts/status-badge.tsx';
import { standingText } from './standing.ts';
import { type Tone, toned } from './tones.ts';

const LOOKS: Record<Delivery['status'], [Tone, ComponentType<IconProps>]> = {
  pending: ['quiet', IconClock],
  delivering: ['busy', IconSend],
  retrying: ['warning', IconRefresh],
  held: ['quiet', IconPlayerPause],
  succeeded: ['good', IconCheck],
  failed: ['bad', IconX],
  cancelled: ['quiet', IconBan],
};

interface StandingPanelProps {
  account: string;
  delivery: Delivery;
  endpoint: Endpoint | undefined;
  log: DeliveryLog | undefined;
  now: Date;
}

/** The one thing to know: how it stands, and why. */
export function StandingPanel({ account, delivery, endpoint, log, now }: StandingPanelProps) {
  const [tone, Icon] = LOOKS[delivery.status];
  return (
    <section className="panel standing" style={toned(tone)} aria-label="How it stands">
      <span className="standing-icon">
        <Icon size={22} aria-hidden />
      </span>
      <div>
        <div aria-live="polite">
          <DeliveryStatus status={delivery.status} />
        </div>
        <Text fw={550} className="standing-text">
          {standingText({ delivery, endpoint, log, now })}
        </Text>
        {delivery.waitsFor && (
          <Anchor component={Link} to={`/a/${account}/deliveries/${delivery.waitsFor}`} size="sm">
            The delivery that it waits for
          </Anchor>
        )}
      </div>
    </section>
  );
}
