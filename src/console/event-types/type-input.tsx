import { Autocomplete } from '@mantine/core';
import type { KnownType } from '../endpoints/queries.ts';

interface TypeInputProps {
  types: readonly KnownType[];
  description: string;
  value: string;
  error?: string | undefined;
  /** @param known the type of this name, if there is one */
  onChange(name: string, known: KnownType | undefined): void;
}

/** A type of event by its name: one that is known, or any other. */
export function TypeInput({ types, onChange, ...input }: TypeInputProps) {
  return (
    <Autocomplete
      label="Type"
      data={types.map(({ name }) => name)}
      maxDropdownHeight={320}
      limit={100}
      onChange={(name) =>
        onChange(
          name,
          types.find((one) => one.name === name),
        )
      }
      {...input}
    />
  );
}
