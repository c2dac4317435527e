import { Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { DEFAULT_RETRY_SCHEDULE_S } from '../../domain/schedule.ts';
import { durationText } from '../parts/duration.ts';
import { attemptTimes, parseWaits, writeWaits } from './wait-text.ts';

interface ScheduleEditorProps {
  schedule: number[] | undefined;
  error?: string | undefined;
  onChange(schedule: number[] | undefined): void;
}

/** When a delivery that fails is tried again, and what comes of what is typed. */
export function ScheduleEditor({ schedule, error, onChange }: ScheduleEditorProps) {
  const [last, setLast] = useState(schedule ?? DEFAULT_RETRY_SCHEDULE_S);
  return (
    <Stack gap="sm">
      <Switch
        label="A schedule of its own"
        checked={schedule !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? [...last] : undefined)}
      />
      {schedule && (
        <WaitsInput
          label="Waits after each failed attempt"
          description="Numbers with s, m, h or d, up to 20 of them. Empty: one attempt, and no retry."
          initial={schedule}
          error={error}
          onChange={(waits) => {
            setLast(waits);
            onChange(waits);
          }}
        />
      )}
      {!error && <Attempts waits={schedule ?? DEFAULT_RETRY_SCHEDULE_S} />}
    </Stack>
  );
}

interface WaitsInputProps {
  label: string;
  description: string;
  initial: readonly number[];
  error?: string | undefined;
  onChange(waits: number[]): void;
}

/** Waits as people write them; what is none is given as NaN. */
export function WaitsInput({ label, description, initial, error, onChange }: WaitsInputProps) {
  const [text, setText] = useState(writeWaits(initial));
  return (
    <TextInput
      label={label}
      description={description}
      value={text}
      error={error}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseWaits(event.currentTarget.value));
      }}
    />
  );
}

export function Attempts({ waits }: { waits: readonly number[] }) {
  return (
    <Group gap={6} component="ol" p={0} m={0} aria-label="Attempts">
      {attemptTimes(waits).map((seconds, index) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is its number.
          key={index}
          component="li"
          size="xs"
          px={8}
          py={3}
          bd="1px solid var(--page-line)"
          style={{ listStyle: 'none', borderRadius: 6, fontVariantNumeric: 'tabular-nums' }}
        >
          {seconds === 0 ? 'at once' : `+${durationText(seconds)}`}
        </Text>
      ))}
    </Group>
  );
}
