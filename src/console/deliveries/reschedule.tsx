import { Button, Checkbox, Collapse, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import type { Delivery } from '../api/client.ts';
import { scheduleFault } from '../endpoints/faults.ts';
import { WaitsInput } from '../endpoints/schedule-editor.tsx';
import { clockText } from '../parts/clock-text.ts';
import { fromLocalInput, toLocalInput } from '../parts/local-time.ts';
import { type NewSchedule, useReschedule } from './commands.ts';
import { rescheduledTimes } from './rescheduled-times.ts';

/** As the API has it. */
const FARTHEST_MS = 30 * 86_400_000;

interface RescheduleProps {
  account: string;
  delivery: Delivery;
  /** The waits in force, from the first attempt on. */
  schedule: readonly number[];
  close(): void;
}

/** Another time for the next attempt, other waits from here on, or both. */
export function Reschedule({ account, delivery, schedule, close }: RescheduleProps) {
  const { id, attempts, nextAttemptAt } = delivery;
  const place = Math.max(attempts.length, 1) - 1;
  const [setsTime, setSetsTime] = useState(true);
  const [time, setTime] = useState(toLocalInput(nextAttemptAt));
  const [setsWaits, setSetsWaits] = useState(false);
  const [waits, setWaits] = useState<number[]>(schedule.slice(place));
  const reschedule = useReschedule({ account, id }, () => {
    notifications.show({ color: 'teal', message: 'Rescheduled.' });
    close();
  });
  const now = new Date();
  const at = fromLocalInput(time);
  const timeFault =
    !at || Date.parse(at) > now.getTime() + FARTHEST_MS ? 'A time up to 30 days from now.' : undefined;
  const waitsFault = scheduleFault(waits);
  const isFaulty = (setsTime && timeFault) || (setsWaits && waitsFault);
  const wanted: NewSchedule = {
    ...(setsTime && at && { nextAttemptAt: at }),
    ...(setsWaits && { retrySchedule: waits }),
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isFaulty) reschedule.mutate(wanted);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Checkbox
          label="Another time for the next attempt"
          checked={setsTime}
          onChange={(event) => setSetsTime(event.currentTarget.checked)}
        />
        <Collapse in={setsTime}>
          <TextInput
            type="datetime-local"
            label="Next attempt at"
            description="In your local time. What is past means now."
            value={time}
            error={timeFault}
            onChange={(event) => setTime(event.currentTarget.value)}
          />
        </Collapse>
        <Checkbox
          label="Another schedule from here on"
          checked={setsWaits}
          onChange={(event) => setSetsWaits(event.currentTarget.checked)}
        />
        <Collapse in={setsWaits}>
          <WaitsInput
            label="Waits"
            description="Numbers with s, m, h or d. The first replaces the wait that it is in. Empty: the next attempt is the last."
            initial={waits}
            error={waitsFault}
            onChange={setWaits}
          />
        </Collapse>
        {!isFaulty && (
          <Text size="sm" c="dimmed">
            Attempts then:{' '}
            {rescheduledTimes(delivery, schedule, wanted)
              .map((moment) => clockText(moment, now))
              .join(' · ')}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button
            type="submit"
            loading={reschedule.isPending}
            disabled={Boolean(isFaulty) || !(setsTime || setsWaits)}
          >
            Reschedule
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function RescheduleModal({ opened, ...props }: RescheduleProps & { opened: boolean }) {
  return (
    <Modal
      opened={opened}
      onClose={props.close}
      title="Change when it is tried"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Reschedule {...props} />
    </Modal>
  );
}
