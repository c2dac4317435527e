import { Select, TextInput } from '@mantine/core';
import { TimeEnds, TimeFilter } from '../parts/time-filter.tsx';
import { useDraft } from '../parts/use-draft.ts';
import { useActors } from './actors.ts';
import type { AuditSearch } from './search.ts';
import { ACTIONS, inWords } from './words.ts';

interface AuditFiltersProps {
  account: string;
  search: AuditSearch;
  onChange(part: AuditSearch): void;
}

export function AuditFilters({ account, search, onChange }: AuditFiltersProps) {
  const { actor, action, target, ...times } = search;
  const actors = useActors(account);
  const actions = ACTIONS.map((value) => ({ value: value as string, label: inWords(value) }));
  const [typed, setTyped] = useDraft(target ?? '');
  const narrowToTarget = () => onChange({ target: typed.trim() || undefined });
  return (
    <div className="list-filters">
      <Select
        aria-label="Who"
        placeholder="Anybody"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Anybody' }}
        data={withChosen(actors, actor)}
        value={actor ?? null}
        onChange={(chosen) => onChange({ actor: chosen ?? undefined })}
      />
      <Select
        aria-label="What"
        placeholder="Anything"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Anything' }}
        data={withChosen(actions, action)}
        value={action ?? null}
        onChange={(chosen) => onChange({ action: chosen ?? undefined })}
      />
      <TextInput
        aria-label="Id of what it was done to"
        placeholder="Id of what it was done to"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={narrowToTarget}
        onKeyDown={(event) => event.key === 'Enter' && narrowToTarget()}
      />
      <TimeFilter times={times} onChange={onChange} />
      <TimeEnds times={times} onChange={onChange} />
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

/** What an address asks for may be none of those that are offered. */
function withChosen(options: Option[], chosen: string | undefined): Option[] {
  const isOffered = chosen === undefined || options.some(({ value }) => value === chosen);
  return isOffered ? options : [...options, { value: chosen, label: chosen }];
}
