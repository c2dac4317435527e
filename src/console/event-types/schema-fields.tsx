import { Badge, Group, Text } from '@mantine/core';
import { fieldsOf } from './fields.ts';

/** A schema as a list of fields to read. */
export function SchemaFields({ schema }: { schema: Record<string, unknown> }) {
  const fields = fieldsOf(schema);
  if (fields.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        It names no fields; see the schema itself.
      </Text>
    );
  }
  return (
    <ul className="fields">
      {fields.map(({ path, type, required, description }) => (
        <li key={path}>
          <Group gap="4px 10px">
            <Text span className="mono" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {path}
            </Text>
            <Text span size="sm" c="dimmed">
              {type}
            </Text>
            {required && (
              <Badge variant="light" color="orange" size="sm" tt="none">
                Required
              </Badge>
            )}
          </Group>
          {description && (
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}
