import { Group, Switch, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { Dot } from '../parts/dot.tsx';
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
    <Group gap={0} wrap="nowrap" mih={36}>
      <Text
        size="sm"
        c="dimmed"
        mr={label ? 'md' : 0}
        aria-live="polite"
        className="live-state"
        data-live={state === 'live'}
      >
        {label && <Dot color={color} />}
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
