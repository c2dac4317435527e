import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { shortUrl } from '../parts/short-url.ts';
import { endpointUrlsQuery } from './queries.ts';

interface EndpointFilterProps {
  account: string;
  endpoint: string | undefined;
  onChange(endpoint: string | undefined): void;
}

export function EndpointFilter({ account, endpoint, onChange }: EndpointFilterProps) {
  const { data: urls } = useQuery(endpointUrlsQuery(account));
  const options = [...(urls ?? [])].map(([value, url]) => ({ value, label: shortUrl(url) }));
  // One that was deleted has deliveries all the same.
  if (endpoint && !urls?.has(endpoint)) options.push({ value: endpoint, label: endpoint });
  return (
    <Select
      aria-label="Endpoint"
      placeholder="Any endpoint"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Any endpoint' }}
      limit={100}
      maxDropdownHeight={320}
      comboboxProps={{ width: 340, position: 'bottom-start' }}
      nothingFoundMessage="No endpoint matches"
      data={options}
      value={endpoint ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  );
}
