import { Select, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { meQuery } from '../session/me.ts';
import { accountsQuery } from './accounts.ts';

const ALL = '';

/** For the operator a choice; for an account's key, its name. */
export function AccountSwitcher({ account }: { account: string }) {
  const { data: me } = useQuery(meQuery);
  const operator = me?.kind === 'operator';
  const navigate = useNavigate();
  const { data } = useInfiniteQuery({ ...accountsQuery, enabled: operator });
  if (!operator) {
    return (
      <Text px={6} size="sm" c="dimmed" truncate>
        {account}
      </Text>
    );
  }
  const known = data?.pages.flatMap((page) => page.data) ?? [];
  const options = known.map(({ id, name }) => ({ value: id, label: name ? `${name} (${id})` : id }));
  if (!known.some(({ id }) => id === account)) options.unshift({ value: account, label: account });
  return (
    <Select
      aria-label="Account"
      searchable
      allowDeselect={false}
      checkIconPosition="right"
      nothingFoundMessage="No account matches"
      maxDropdownHeight={320}
      data={[...options, { value: ALL, label: 'All accounts…' }]}
      value={account}
      onChange={(id) =>
        id === ALL
          ? navigate({ to: '/' })
          : navigate({ to: '/a/$account/overview', params: { account: id ?? '' } })
      }
    />
  );
}
