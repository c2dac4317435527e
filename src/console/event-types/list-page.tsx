import { Button, Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useMayWrite } from '../session/me.ts';
import { ORIGIN_TITLES } from './origins.ts';
import { allTypesQuery, type ListedType } from './queries.ts';
import { ORIGINS, type Origin } from './search.ts';
import { TypesByTopic } from './types-by-topic.tsx';

const route = getRouteApi('/a/$account/event-types');

export function EventTypesPage() {
  const { account } = route.useParams();
  const { find = '', of } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: types, error, refetch } = useQuery(allTypesQuery(account));
  const mayWrite = useMayWrite();
  const add = mayWrite && (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(props) => <Link to="/a/$account/add-event-type" params={{ account }} {...props} />}
    >
      Add event type
    </Button>
  );
  const narrow = (part: { find?: string; of?: Origin | undefined }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <>
      <PageHeader title="Event types" text="What can happen: the types of both products, and your own.">
        {add}
      </PageHeader>
      <Group mb="md" gap="sm">
        <TextInput
          aria-label="Search event types"
          placeholder="Search by name or description"
          leftSection={<IconSearch size={16} />}
          w={320}
          maw="100%"
          value={find}
          onChange={(event) => narrow({ find: event.currentTarget.value || undefined })}
        />
        <SegmentedControl
          aria-label="Whose types"
          data={[
            { value: 'all', label: 'All' },
            { value: 'own', label: 'Your own' },
            { value: 'selgora', label: 'Selgora' },
            { value: 'selz', label: 'Selz' },
          ]}
          value={of ?? 'all'}
          onChange={(choice) => narrow({ of: ORIGINS.find((one) => one === choice) })}
        />
      </Group>
      {error && !types && <ProblemAlert error={error} retry={refetch} />}
      {!types && !error && <Skeleton height={320} />}
      {types && <Sections account={account} types={types} find={find} of={of} add={add} />}
    </>
  );
}

interface SectionsProps {
  account: string;
  types: ListedType[];
  find: string;
  of: Origin | undefined;
  add: React.ReactNode;
}

function Sections({ account, types, find, of, add }: SectionsProps) {
  const wanted = find.trim().toLowerCase();
  const found = types.filter(
    ({ name, description = '', origin }) =>
      (of === undefined || origin === of) && `${name} ${description}`.toLowerCase().includes(wanted),
  );
  const noneOfOwn = wanted === '' && of === 'own' && found.length === 0;
  if (found.length === 0 && !noneOfOwn) {
    return (
      <div className="panel">
        <EmptyState title="No type matches" text="Try another part of its name." />
      </div>
    );
  }
  return (
    <Stack gap="xl">
      {noneOfOwn && (
        <div className="panel">
          <EmptyState
            title="No types of your own yet"
            text="Events of any name can be sent. Register a type to have its data checked against a schema, and to have a sample at hand."
          >
            {add}
          </EmptyState>
        </div>
      )}
      {ORIGINS.map((origin) => {
        const ofOrigin = found.filter((type) => type.origin === origin);
        return (
          ofOrigin.length > 0 && (
            <section key={origin} aria-label={ORIGIN_TITLES[origin]}>
              <Group gap={8} mb={8} align="baseline">
                <Title order={2}>{ORIGIN_TITLES[origin]}</Title>
                <Text size="sm" c="dimmed">
                  {ofOrigin.length}
                </Text>
              </Group>
              <TypesByTopic account={account} types={ofOrigin} />
            </section>
          )
        );
      })}
    </Stack>
  );
}
