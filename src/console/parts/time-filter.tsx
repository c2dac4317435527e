import { Select, TextInput } from '@mantine/core';
import { fromLocalInput, toLocalInput } from './local-time.ts';
import { SPANS, type Times } from './times.ts';

interface TimeFilterProps {
  times: Times;
  onChange(times: Times): void;
}

const CUSTOM = 'custom';
const ANY = 'any';

const isCustom = ({ since, until }: Times) => since !== undefined || until !== undefined;

export function TimeFilter({ times, onChange }: TimeFilterProps) {
  return (
    <Select
      aria-label="Time"
      allowDeselect={false}
      data={[
        { value: ANY, label: 'Any time' },
        ...Object.entries(SPANS).map(([value, { label }]) => ({ value, label })),
        { value: CUSTOM, label: 'From … to …' },
      ]}
      value={times.last ?? (isCustom(times) ? CUSTOM : ANY)}
      onChange={(value) => {
        const none = { last: undefined, since: undefined, until: undefined };
        if (value === CUSTOM) onChange({ ...none, since: dayAgo() });
        else onChange({ ...none, last: value === ANY ? undefined : (value as keyof typeof SPANS) });
      }}
    />
  );
}

/** To the minute, as it can be typed. */
function dayAgo(): string {
  const at = new Date(Date.now() - SPANS['24h'].ms);
  at.setSeconds(0, 0);
  return at.toISOString();
}

/** Both ends, while they are chosen by hand; in local time. */
export function TimeEnds({ times, onChange }: TimeFilterProps) {
  if (times.last || !isCustom(times)) return null;
  const change = (end: 'since' | 'until') => (event: { currentTarget: { value: string } }) =>
    onChange({ ...times, [end]: fromLocalInput(event.currentTarget.value) });
  return (
    <div className="filter-times">
      <TextInput
        type="datetime-local"
        aria-label="From"
        leftSection="From"
        leftSectionWidth={56}
        value={toLocalInput(times.since)}
        onChange={change('since')}
      />
      <TextInput
        type="datetime-local"
        aria-label="To"
        leftSection="to"
        leftSectionWidth={40}
        value={toLocalInput(times.until)}
        onChange={change('until')}
        error={times.since && times.until && times.since >= times.until ? 'Before the beginning.' : undefined}
      />
    </div>
  );
}
