import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { EVENT_TYPE } from '../../domain/subscription.ts';
import { client, dataOf, type EventType, PosthasteError } from '../api/client.ts';
import { dataFault } from '../endpoints/test-data.ts';
import { JsonField } from '../parts/json-field.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { allTypesQuery } from './queries.ts';

/** What the form holds; the JSON as text, empty for none. */
export interface TypeValues {
  name: string;
  description: string;
  schema: string;
  sample: string;
}

const FIELDS = ['description', 'schema', 'sample'] as const;

interface TypeFormProps {
  account: string;
  initial: TypeValues;
  /** A name is given once, for good. */
  isNew: boolean;
  onSaved(saved: EventType): void;
  onCancel(): void;
}

export function TypeForm({ account, initial, isNew, onSaved, onCancel }: TypeFormProps) {
  const [values, setValues] = useState(initial);
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        client.PUT('/v1/accounts/{account}/event-types/{type}', {
          params: { path: { account, type: values.name } },
          body: {
            ...(values.description && { description: values.description }),
            ...(values.schema && { schema: JSON.parse(values.schema) }),
            ...(values.sample && { sample: JSON.parse(values.sample) }),
          },
        }),
      ),
    onSuccess: async (saved) => {
      await cache.invalidateQueries({ queryKey: allTypesQuery(account).queryKey });
      onSaved(saved);
    },
  });
  const set = (part: Partial<TypeValues>) => {
    setValues((before) => ({ ...before, ...part }));
    if (save.isError) save.reset();
  };
  const nameFault =
    values.name !== '' && !EVENT_TYPE.test(values.name)
      ? 'Up to 128 letters, digits, "_", "." and "-".'
      : undefined;
  const jsonFaultOf = (text: string) => (text.trim() === '' ? undefined : dataFault(text));
  const schemaFault = jsonFaultOf(values.schema);
  const sampleFault = jsonFaultOf(values.sample);
  const refused = (field: (typeof FIELDS)[number]) => refusalOf(save.error, `/${field}`);
  const isSaidBeside = FIELDS.some(refused);
  const isWhole = values.name !== '' && !nameFault && !schemaFault && !sampleFault;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="md" maw={760}>
        <Panel title="The type">
          {isNew && (
            <TextInput
              label="Name"
              description="What events are sent with. Dots make topics: endpoints can subscribe to invoice.*"
              placeholder="invoice.paid"
              value={values.name}
              onChange={(event) => set({ name: event.currentTarget.value.trim() })}
              error={nameFault}
              data-autofocus
            />
          )}
          <Textarea
            label="Description"
            placeholder="When it is sent"
            autosize
            minRows={1}
            maxLength={1000}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
            error={refused('description')}
          />
        </Panel>
        <Panel title="The data">
          <JsonField
            label="Schema"
            description="JSON Schema, draft 2020-12. Events that do not fit are refused. Empty: anything goes."
            placeholder={'{ "type": "object", "required": ["invoice_id"] }'}
            value={values.schema}
            onChange={(schema) => set({ schema })}
            error={schemaFault ?? refused('schema')}
          />
          <JsonField
            label="Sample"
            description="Data that fits the schema, for test sends."
            placeholder={'{ "invoice_id": "inv_1" }'}
            value={values.sample}
            onChange={(sample) => set({ sample })}
            error={sampleFault ?? refused('sample')}
          />
        </Panel>
        {save.isError && !isSaidBeside && <ProblemAlert error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isWhole}>
            {isNew ? 'Add event type' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the API has against a field, with the place in it. */
function refusalOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof PosthasteError)) return undefined;
  const about = error.errors.filter(({ pointer }) => pointer === field || pointer?.startsWith(`${field}/`));
  const words = about.map(({ pointer = '', detail }) => `${pointer.slice(field.length)} ${detail}`.trim());
  return words.length > 0 ? words.join(' ') : undefined;
}
