import { CloseButton, TextInput } from '@mantine/core';
import { useDraft } from '../parts/use-draft.ts';
import { isCode } from './filter.ts';

interface CodeFilterProps {
  code: number | undefined;
  onChange(code: number | undefined): void;
}

/** What the last attempt was answered with. */
export function CodeFilter({ code, onChange }: CodeFilterProps) {
  const [draft, setDraft] = useDraft(code === undefined ? '' : String(code));
  return (
    <TextInput
      aria-label="Response code"
      placeholder="Any code"
      inputMode="numeric"
      maxLength={3}
      value={draft}
      error={draft.length === 3 && !isCode(Number(draft)) ? 'From 100 to 999.' : undefined}
      onChange={({ currentTarget: { value } }) => {
        setDraft(value);
        // Three digits are a whole one.
        if (value === '') onChange(undefined);
        else if (value.length === 3 && isCode(Number(value))) onChange(Number(value));
      }}
      rightSection={
        draft !== '' && <CloseButton size="sm" aria-label="Any code" onClick={() => onChange(undefined)} />
      }
    />
  );
}
