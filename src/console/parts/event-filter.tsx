import { Autocomplete, CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EVENT_TYPE } from '../../domain/subscription.ts';
import { typesQuery } from '../endpoints/queries.ts';
import { useDraft } from './use-draft.ts';

interface EventFilterProps {
  account: string;
  event: string | undefined;
  onChange(event: string | undefined): void;
}

/** A type of the catalogue or of the account, or any other as it is typed. */
export function EventFilter({ account, event = '', onChange }: EventFilterProps) {
  const { data: types = [] } = useQuery(typesQuery(account, 'standard'));
  const [draft, setDraft] = useDraft(event);
  const fits = draft === '' || EVENT_TYPE.test(draft);
  const take = (text: string) => {
    if (text !== event && (text === '' || EVENT_TYPE.test(text))) onChange(text || undefined);
  };
  return (
    <Autocomplete
      aria-label="Event type"
      placeholder="Any event type"
      data={types.map(({ name }) => name)}
      limit={100}
      maxDropdownHeight={320}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
      value={draft}
      error={fits ? undefined : 'Letters, digits, "_", "." and "-".'}
      onChange={setDraft}
      onOptionSubmit={take}
      onBlur={() => take(draft)}
      onKeyDown={({ key }) => key === 'Enter' && take(draft)}
      rightSection={
        draft !== '' && (
          <CloseButton size="sm" aria-label="Any event type" onClick={() => onChange(undefined)} />
        )
      }
    />
  );
}
