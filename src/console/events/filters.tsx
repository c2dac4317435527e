import { EventFilter } from '../parts/event-filter.tsx';
import { TimeEnds, TimeFilter } from '../parts/time-filter.tsx';
import type { EventsSearch } from './search.ts';

interface EventFiltersProps {
  account: string;
  search: EventsSearch;
  onChange(part: EventsSearch): void;
}

export function EventFilters({ account, search, onChange }: EventFiltersProps) {
  const { event, ...times } = search;
  return (
    <div className="list-filters">
      <EventFilter account={account} event={event} onChange={(chosen) => onChange({ event: chosen })} />
      <TimeFilter times={times} onChange={onChange} />
      <TimeEnds times={times} onChange={onChange} />
    </div>
  );
}
