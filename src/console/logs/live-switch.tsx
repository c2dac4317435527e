import { Group, Switch, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { Live } from './use-live.ts';

const SHOWN: Record<Live['state'], [label: string, color: string]> = {
  off: ['', 'gray'],
  connecting: ['Connecting…', 'gray'],
  live: ['Live', 'teal'],
  reconnecting: ['Reconnecting…', 'orange'],
  paused: ['Paused', 'gray'],
  refused: ['Not live', 'red'],
};

interface LiveSwitchProps {
  live: Live;
  on: boolean;
  /** It shows what was, up to an end that is chosen. */
  past: boolean;
  onChange(on: boolean): void;
}

export function LiveSwitch({ live: { state, told }, on, past, onChange }: LiveSwitchProps) {
  const [label, color] = SHOWN[state];
  return (
    <Group gap="sm" wrap="nowrap" mih={36}>
      <Text size="sm" c="dimmed" aria-live="polite" className="live-state" data-live={state === 'live'}>
        {label && (
          <span className="dot" style={{ '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties} />
        )}
        {label}
        <VisuallyHidden>{told}</VisuallyHidden>
      </Text>
      <Tooltip label="The chosen time has an end" disabled={!past}>
        <div>
          <Switch
            label="Live tail"
            labelPosition="left"
            checked={on && !past}
            disabled={past}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
        </div>
      </Tooltip>
    </Group>
  );
}
