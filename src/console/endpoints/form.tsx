import {
  Button,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { PosthasteError } from '../api/client.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { EventPicker } from './event-picker.tsx';
import { type Faults, faultsOf } from './faults.ts';
import { FORMATS } from './formats.ts';
import { HeaderEditor } from './header-editor.tsx';
import { ScheduleEditor } from './schedule-editor.tsx';
import type { EndpointValues } from './values.ts';

interface EndpointFormProps {
  account: string;
  initial: EndpointValues;
  /** A profile is chosen once, for good. */
  isNew: boolean;
  submitLabel: string;
  pending: boolean;
  error: Error | null;
  onSubmit(values: EndpointValues): void;
  onCancel(): void;
}

/** What is wrong is said as soon as a field was touched, and for all fields once it was tried to save. */
export function EndpointForm(props: EndpointFormProps) {
  const { account, initial, isNew, submitLabel, pending, error, onSubmit, onCancel } = props;
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<Partial<Record<keyof EndpointValues, true>>>({});
  const [tried, setTried] = useState(false);
  const faults = faultsOf(values);
  const set = (part: Partial<EndpointValues>) => {
    setValues((before) => ({ ...before, ...part }));
    setTouched((before) => ({
      ...before,
      ...Object.fromEntries(Object.keys(part).map((key) => [key, true])),
    }));
  };
  const shown = (field: keyof Faults) =>
    (tried || touched[field] ? faults[field] : undefined) ??
    (error instanceof PosthasteError ? error.about(`/${field}`) : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) onSubmit(values);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" maw={760}>
        <Panel title="Where to">
          <TextInput
            label="URL"
            description="Each event is sent here as a signed POST."
            placeholder="https://shop.example.com/webhooks"
            type="url"
            value={values.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
            error={shown('url')}
            data-autofocus
          />
          <Textarea
            label="Description"
            placeholder="What it is for"
            autosize
            minRows={1}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
            error={shown('description')}
          />
          {isNew && (
            <Input.Wrapper
              label="Format"
              description="How requests are signed and laid out. It cannot be changed later."
              labelElement="div"
            >
              <SegmentedControl
                aria-label="Format"
                mt={8}
                display="flex"
                w="fit-content"
                data={Object.entries(FORMATS).map(([value, label]) => ({ value, label }))}
                value={values.profile}
                onChange={(profile) => set({ profile: profile as EndpointValues['profile'], events: ['*'] })}
              />
            </Input.Wrapper>
          )}
        </Panel>
        <Panel title="What">
          <EventPicker
            account={account}
            profile={values.profile}
            events={values.events}
            error={shown('events')}
            onChange={(events) => set({ events })}
          />
        </Panel>
        <Panel
          title="When it fails"
          text="A delivery is tried again after these waits, then it counts as failed."
        >
          <ScheduleEditor
            schedule={values.schedule}
            error={faults.schedule}
            onChange={(schedule) => set({ schedule })}
          />
        </Panel>
        <Panel title="How">
          <HeaderEditor
            headers={values.headers}
            error={tried ? faults.headers : shown('headers')}
            onChange={(headers) => set({ headers })}
          />
          <Group align="flex-start" grow>
            <NumberInput
              label="Timeout"
              description="Of one attempt, in milliseconds."
              placeholder="As the format has it"
              value={values.timeoutMs ?? ''}
              onChange={(given) => set({ timeoutMs: given === '' ? undefined : Number(given) })}
              error={shown('timeoutMs')}
              hideControls
            />
            <NumberInput
              label="Attempts at a time"
              description="The others wait their turn."
              placeholder="32"
              value={values.maxConcurrency ?? ''}
              onChange={(given) => set({ maxConcurrency: given === '' ? undefined : Number(given) })}
              error={shown('maxConcurrency')}
              hideControls
            />
          </Group>
          <Switch
            label="In order"
            description="Events with the same ordering key arrive one after the other."
            checked={values.ordered}
            onChange={(event) => set({ ordered: event.currentTarget.checked })}
          />
        </Panel>
        {error && <ProblemAlert error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
