import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { EVENT_TYPE } from '../../domain/subscription.ts';
import { PosthasteError } from '../api/client.ts';
import type { KnownType } from '../endpoints/queries.ts';
import { dataFault, sampleText } from '../endpoints/test-data.ts';
import { TypeInput } from '../event-types/type-input.tsx';
import { FieldProblems } from '../parts/field-problems.tsx';
import { JsonField } from '../parts/json-field.tsx';
import { Panel } from '../parts/panel.tsx';
import { sendEvent } from './event-calls.ts';
import { useFit } from './use-fit.ts';

/** As the API takes it. */
const EVENT_ID = /^[A-Za-z0-9_-]{1,128}$/;

interface SendFormProps {
  account: string;
  types: KnownType[];
  initial: { event: string; data: string };
  onSent(id: string): void;
}

export function SendForm({ account, types, initial, onSent }: SendFormProps) {
  const [event, setEvent] = useState(initial.event);
  const [text, setText] = useState(initial.data);
  const [id, setId] = useState('');
  const cache = useQueryClient();
  const known = types.find(({ name }) => name === event);
  const send = useMutation({
    mutationFn: () => sendEvent(account, { event, text, id }),
    onSuccess: (accepted) => {
      onSent(accepted.id);
      void cache.invalidateQueries({ queryKey: ['events', account] });
    },
  });
  const jsonFault = dataFault(text);
  const isWhole = jsonFault === undefined && EVENT_TYPE.test(event);
  const fit = useFit(account, isWhole ? { event, text } : undefined);
  const refusal = send.error ?? fit;
  const refused = refusal instanceof PosthasteError ? refusal : undefined;
  const typeFault =
    event !== '' && !EVENT_TYPE.test(event)
      ? 'Up to 128 letters, digits, "_", "." and "-".'
      : refused?.about('/event');
  const idFault =
    id !== '' && !EVENT_ID.test(id) ? 'Up to 128 letters, digits, "_" and "-".' : refused?.about('/id');
  return (
    <Panel title="The event">
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          send.mutate();
        }}
      >
        <Stack>
          <TypeInput
            types={types}
            description={known?.description ?? 'One of the list, or any other name.'}
            value={event}
            error={typeFault}
            onChange={(name, chosen) => {
              setEvent(name);
              send.reset();
              if (chosen) setText(sampleText(chosen));
            }}
          />
          <JsonField
            label="Data"
            description="The sample of the type; change it as you like."
            value={text}
            onChange={(written) => {
              setText(written);
              if (send.isError) send.reset();
            }}
            error={jsonFault}
          />
          {refusal && <FieldProblems error={refusal} within="/data" />}
          <TextInput
            label="Id"
            description="Made for you when empty. An event with the same id is never sent twice."
            placeholder="evt_…"
            value={id}
            onChange={(written) => setId(written.currentTarget.value)}
            error={idFault}
          />
          <Group justify="flex-end">
            <Button
              type="submit"
              loading={send.isPending}
              disabled={!isWhole || (id !== '' && !EVENT_ID.test(id))}
            >
              Send event
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
