import { Button, Container, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Account } from '../api/client.ts';
import mark from '../mark.svg';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { leave } from '../session/key.ts';
import { accountsQuery } from './accounts.ts';
import { NewAccount } from './new-account.tsx';

/** Where the operator picks an account. */
export function AccountsPage() {
  const [search, setSearch] = useState('');
  const accounts = useInfiniteQuery(accountsQuery);
  const wanted = search.trim().toLowerCase();
  const matches = ({ id, name }: Account) => `${id} ${name ?? ''}`.toLowerCase().includes(wanted);
  return (
    <Container size="sm" py="xl" component="main">
      <Stack>
        <Group justify="space-between">
          <Group gap="sm">
            <img src={mark} alt="" width={28} height={28} />
            <Title order={1}>Accounts</Title>
          </Group>
          <Group gap="xs">
            <Button variant="subtle" color="gray" onClick={leave}>
              Sign out
            </Button>
            <NewAccount />
          </Group>
        </Group>
        <TextInput
          aria-label="Search accounts"
          placeholder="Search by id or name"
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <DataTable
          query={accounts}
          keep={matches}
          rowKey={({ id }) => id}
          columns={[
            {
              title: 'Account',
              cell: ({ id, name }) => (
                <>
                  <Link className="row-link" to="/a/$account" params={{ account: id }}>
                    {name ?? id}
                  </Link>
                  {name && (
                    <Text size="sm" c="dimmed">
                      {id}
                    </Text>
                  )}
                </>
              ),
            },
            { title: 'Made', cell: ({ createdAt }) => <TimeText at={createdAt} />, wideOnly: true },
          ]}
          empty={
            wanted ? (
              <EmptyState title="No account matches" text="Try another part of its id or name." />
            ) : (
              <EmptyState
                title="No accounts yet"
                text="An account is one merchant, with endpoints, events and keys of its own. Make the first one."
              />
            )
          }
        />
      </Stack>
    </Container>
  );
}
