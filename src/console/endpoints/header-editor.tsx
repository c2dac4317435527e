import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import IconX from '@tabler/icons-react/icons/IconX';
import { headerFault, MOST_HEADERS } from '../../domain/custom-header.ts';
import type { EndpointValues } from './values.ts';

type Headers = EndpointValues['headers'];

interface HeaderEditorProps {
  headers: Headers;
  error?: string | undefined;
  onChange(headers: Headers): void;
}

/** Headers that are sent along with every request. */
export function HeaderEditor({ headers, error, onChange }: HeaderEditorProps) {
  const change = (key: number, part: Partial<Headers[number]>) =>
    onChange(headers.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const next = Math.max(-1, ...headers.map(({ key }) => key)) + 1;
  return (
    <Input.Wrapper
      label="Custom headers"
      description="Sent along with every request, such as an Authorization that your receiver asks for."
      error={error}
      labelElement="div"
    >
      <Stack gap="xs" mt={8} align="flex-start">
        {headers.map(({ key, name, value }) => (
          <Group key={key} gap="xs" wrap="nowrap" w="100%">
            <TextInput
              flex={1}
              aria-label="Header name"
              placeholder="Authorization"
              value={name}
              onChange={(event) => change(key, { name: event.currentTarget.value })}
              error={name !== '' && value !== '' && headerFault(name, value) !== undefined}
            />
            <TextInput
              flex={2}
              aria-label="Header value"
              placeholder="Bearer …"
              value={value}
              onChange={(event) => change(key, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove header ${name}`}
              onClick={() => onChange(headers.filter((one) => one.key !== key))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          disabled={headers.length >= MOST_HEADERS}
          onClick={() => onChange([...headers, { key: next, name: '', value: '' }])}
        >
          Add header
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
