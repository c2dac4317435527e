import { JsonInput, type JsonInputProps } from '@mantine/core';

/** Where JSON is written. */
export function JsonField(props: JsonInputProps) {
  return (
    <JsonInput
      autosize
      minRows={8}
      maxRows={24}
      spellCheck={false}
      styles={{
        input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, lineHeight: 1.55 },
      }}
      {...props}
    />
  );
}
