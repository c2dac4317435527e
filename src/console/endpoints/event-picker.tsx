import {
  Button,
  Checkbox,
  Collapse,
  Group,
  Input,
  Pill,
  ScrollArea,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { subscribes } from '../../domain/subscription.ts';
import type { Profile } from '../api/client.ts';
import { topicsOf } from './event-topics.ts';
import { patternFault } from './faults.ts';
import { typesQuery } from './queries.ts';

interface EventPickerProps {
  account: string;
  profile: Profile;
  events: string[];
  error?: string | undefined;
  onChange(events: string[]): void;
}

/** Which events an endpoint gets: all, whole topics, single types, or a pattern of one's own. */
export function EventPicker({ account, profile, events, error, onChange }: EventPickerProps) {
  const all = events.includes('*');
  const { data: types = [] } = useQuery(typesQuery(account, profile));
  const [search, setSearch] = useState('');
  const found = types.filter(({ name }) => name.includes(search.trim()));
  const typed = search.trim();
  const isNew = typed !== '' && !events.includes(typed) && !patternFault(typed);
  const toggle = (pattern: string) =>
    onChange(events.includes(pattern) ? events.filter((one) => one !== pattern) : [...events, pattern]);
  /** Whole topics make their single types needless. */
  const toggleTopic = (pattern: string) =>
    events.includes(pattern)
      ? toggle(pattern)
      : onChange([...events.filter((one) => !one.startsWith(pattern.slice(0, -1))), pattern]);
  return (
    <Input.Wrapper label="Events" error={error} labelElement="div">
      <Stack gap="sm" mt={4}>
        <SegmentedControl
          aria-label="Which events"
          data={[
            { value: 'all', label: 'All events' },
            { value: 'some', label: 'Chosen ones' },
          ]}
          value={all ? 'all' : 'some'}
          onChange={(choice) => onChange(choice === 'all' ? ['*'] : [])}
          w="fit-content"
        />
        <Collapse in={!all}>
          <Stack gap="sm">
            {events.length > 0 && !all && (
              <Group gap={6}>
                {events.map((pattern) => (
                  <Pill
                    key={pattern}
                    withRemoveButton
                    onRemove={() => toggle(pattern)}
                    removeButtonProps={{
                      'aria-label': `Remove ${pattern}`,
                      'aria-hidden': false,
                      tabIndex: 0,
                    }}
                  >
                    {pattern}
                  </Pill>
                ))}
              </Group>
            )}
            <Group gap="xs" align="flex-start">
              <TextInput
                flex={1}
                aria-label="Search events, or type a pattern"
                placeholder="Search, or type a type or pattern such as invoice.*"
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
                error={typed !== '' && found.length === 0 ? patternFault(typed) : undefined}
              />
              <Button
                variant="default"
                disabled={!isNew}
                onClick={() => {
                  toggle(typed);
                  setSearch('');
                }}
              >
                Add
              </Button>
            </Group>
            <ScrollArea.Autosize
              mah={280}
              type="auto"
              viewportProps={{ tabIndex: 0, 'aria-label': 'Event types' }}
            >
              <Stack gap="md">
                {topicsOf(found).map(({ pattern, types: ofTopic }) => (
                  <Stack key={pattern} gap={8}>
                    {pattern.endsWith('*') && (
                      <Checkbox
                        label={
                          <Text span size="sm" fw={600}>
                            {pattern}
                          </Text>
                        }
                        checked={events.includes(pattern)}
                        onChange={() => toggleTopic(pattern)}
                      />
                    )}
                    {ofTopic.map(({ name, description }) => (
                      <Checkbox
                        key={name}
                        ml={pattern.endsWith('*') ? 28 : 0}
                        label={name}
                        description={description}
                        checked={subscribes(events, name)}
                        disabled={!events.includes(name) && subscribes(events, name)}
                        onChange={() => toggle(name)}
                      />
                    ))}
                  </Stack>
                ))}
              </Stack>
            </ScrollArea.Autosize>
          </Stack>
        </Collapse>
      </Stack>
    </Input.Wrapper>
  );
}
