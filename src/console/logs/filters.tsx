import { Button, Pill } from '@mantine/core';
import IconAdjustmentsHorizontal from '@tabler/icons-react/icons/IconAdjustmentsHorizontal';
import { useState } from 'react';
import { EventFilter } from '../parts/event-filter.tsx';
import { TimeEnds, TimeFilter } from '../parts/time-filter.tsx';
import { CodeFilter } from './code-filter.tsx';
import { EndpointFilter } from './endpoint-filter.tsx';
import { type LogsSearch, statusesOf } from './filter.ts';
import { Find } from './find.tsx';
import { StatusToggles } from './status-toggles.tsx';
import { isFiltered } from './wanted.ts';

interface FiltersProps {
  account: string;
  search: LogsSearch;
  onChange(change: Partial<LogsSearch>): void;
  onClear(): void;
}

/** Which deliveries are shown; on a phone, behind a button. */
export function Filters({ account, search, onChange, onClear }: FiltersProps) {
  const [open, setOpen] = useState(false);
  const { status, code, event, endpoint, eventId, last, since, until } = search;
  const times = { last, since, until };
  return (
    <div className="filters" data-open={open}>
      <Button
        hiddenFrom="sm"
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={16} />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {isFiltered(search) ? 'Filters: on' : 'Filters'}
      </Button>
      <div className="filter-fields">
        <Find account={account} onEvent={(id) => onChange({ eventId: id })} />
        <EventFilter account={account} event={event} onChange={(now) => onChange({ event: now })} />
        <EndpointFilter
          account={account}
          endpoint={endpoint}
          onChange={(now) => onChange({ endpoint: now })}
        />
        <CodeFilter code={code} onChange={(now) => onChange({ code: now })} />
        <TimeFilter times={times} onChange={onChange} />
      </div>
      <TimeEnds times={times} onChange={onChange} />
      <div className="filter-toggles">
        <StatusToggles
          chosen={statusesOf({ status })}
          onChange={(now) => onChange({ status: now.join(',') || undefined })}
        />
        {eventId && (
          <Pill
            withRemoveButton
            onRemove={() => onChange({ eventId: undefined })}
            removeButtonProps={{ 'aria-label': 'Of any event', 'aria-hidden': false, tabIndex: 0 }}
          >
            Event {eventId}
          </Pill>
        )}
        {isFiltered(search) && (
          <Button size="compact-sm" variant="subtle" onClick={onClear}>
            Clear filters
          </Button>
        )}
      </div>
    </div>
  );
}
