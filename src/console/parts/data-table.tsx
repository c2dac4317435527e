import { Button, Center, Skeleton, Stack, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<Row> {
  title: string;
  cell(row: Row): ReactNode;
  /** Left out on a phone. */
  wideOnly?: boolean;
}

/** What `useInfiniteQuery` gives for a list of the API. */
interface Pages<Row> {
  data: { pages: { data: Row[] }[] } | undefined;
  error: Error | null;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
  refetch(): unknown;
}

interface DataTableProps<Row> {
  query: Pages<Row>;
  columns: Column<Row>[];
  rowKey(row: Row): string;
  /** Which of the loaded rows are shown; default: all. */
  keep?(row: Row): boolean;
  empty: ReactNode;
}

/** A list page by page: skeletons, then rows, or what is wrong, or what to do when there are none. */
export function DataTable<Row>({ query, columns, rowKey, keep = () => true, empty }: DataTableProps<Row>) {
  const rows = query.data?.pages.flatMap(({ data }) => data).filter(keep);
  if (query.error && !rows) return <ProblemAlert error={query.error} retry={query.refetch} />;
  if (!rows) return <Waiting />;
  return (
    <Stack gap="sm">
      {rows.length === 0 ? (
        <div className="panel">{empty}</div>
      ) : (
        <div className="panel">
          <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ title, wideOnly }) => (
                  <Table.Th key={title} visibleFrom={wideOnly ? 'sm' : undefined} c="dimmed" fz="xs" fw={600}>
                    {title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={rowKey(row)}>
                  {columns.map(({ title, cell, wideOnly }) => (
                    <Table.Td key={title} visibleFrom={wideOnly ? 'sm' : undefined}>
                      {cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {query.error && <ProblemAlert error={query.error} retry={query.fetchNextPage} />}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Load more
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack className="panel" p="md" aria-busy="true" aria-label="Loading">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={22} />
      ))}
    </Stack>
  );
}
