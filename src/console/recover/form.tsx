import { Button, Checkbox, Collapse, Group, Input, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fromLocalInput, toLocalInput } from '../parts/local-time.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { countEach } from './count-each.ts';
import { Counted } from './counted.tsx';
import { type RecoverValues, SPANS, scopeOf } from './span.ts';

interface RecoverFormProps {
  account: string;
  /** Of all endpoints, by their ids. */
  urls: ReadonlyMap<string, string>;
  /** Chosen at first. */
  endpoint: string | undefined;
}

/** What to send again; it is counted before anything is sent. */
export function RecoverForm({ account, urls, endpoint }: RecoverFormProps) {
  const [values, setValues] = useState<RecoverValues>({
    span: '24h',
    since: undefined,
    until: undefined,
    endpoint: endpoint && urls.has(endpoint) ? endpoint : undefined,
    withCancelled: false,
  });
  const count = useMutation({
    mutationFn: () => {
      const scope = scopeOf(values, new Date());
      if (!scope) throw new Error('Expected a time that is past.');
      return countEach(account, values.endpoint ? [values.endpoint] : [...urls.keys()], scope);
    },
  });
  /** What was counted was something else. */
  const set = (part: Partial<RecoverValues>) => {
    setValues((before) => ({ ...before, ...part }));
    count.reset();
  };
  const isClear = scopeOf(values, new Date()) !== undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    count.mutate();
  };
  return (
    <Panel title="Send again" text="First it is counted; nothing is sent until you say so.">
      <div>
        <form onSubmit={submit} noValidate>
          <Group align="flex-end" gap="md">
            <Input.Wrapper label="What failed within" labelElement="div">
              <SegmentedControl
                aria-label="Since when"
                mt={1}
                display="flex"
                data={[
                  ...Object.entries(SPANS).map(([value, { label }]) => ({ value, label })),
                  { value: 'custom', label: 'From … to …' },
                ]}
                value={values.span}
                onChange={(span) => set({ span: span as RecoverValues['span'] })}
                className="spans"
              />
            </Input.Wrapper>
            <Select
              label="Endpoint"
              placeholder="All endpoints"
              searchable
              clearable
              clearButtonProps={{ 'aria-label': 'All endpoints' }}
              limit={100}
              maxDropdownHeight={320}
              flex="1 1 220px"
              data={[...urls].map(([value, url]) => ({ value, label: shortUrl(url) }))}
              value={values.endpoint ?? null}
              onChange={(id) => set({ endpoint: id ?? undefined })}
            />
          </Group>
          <Collapse in={values.span === 'custom'}>
            <Group align="flex-start" gap="md" mt="sm">
              <TextInput
                type="datetime-local"
                label="From"
                value={toLocalInput(values.since)}
                error={values.since && !isClear ? 'Before now, and before the end.' : undefined}
                onChange={(event) => set({ since: fromLocalInput(event.currentTarget.value) })}
              />
              <TextInput
                type="datetime-local"
                label="To"
                description="Empty: until now."
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={toLocalInput(values.until)}
                onChange={(event) => set({ until: fromLocalInput(event.currentTarget.value) })}
              />
            </Group>
          </Collapse>
          <Group justify="space-between" mt="md" gap="md">
            <Checkbox
              label="Also what was cancelled"
              checked={values.withCancelled}
              onChange={(event) => set({ withCancelled: event.currentTarget.checked })}
            />
            <Button
              type="submit"
              variant={count.data ? 'default' : 'filled'}
              loading={count.isPending}
              disabled={!isClear || urls.size === 0}
            >
              {count.data ? 'Count again' : 'Count'}
            </Button>
          </Group>
        </form>
        <div aria-live="polite">
          {count.isError && <ProblemAlert error={count.error} />}
          {count.data && (
            <Counted key={count.submittedAt} account={account} urls={urls} counts={count.data} />
          )}
        </div>
      </div>
    </Panel>
  );
}
