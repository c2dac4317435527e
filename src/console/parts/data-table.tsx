import { Button, Center, Skeleton, Stack, Table, VisuallyHidden } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<Row> {
  title: string;
  /** Read out, but not shown: the cells say it. */
  titleHidden?: boolean;
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
  /** Rows are drawn again only when they or these are others. */
  columns: Column<Row>[];
  rowKey(row: Row): string;
  /** Which of the loaded rows are shown; default: all. */
  keep?(row: Row): boolean;
  rowClass?(row: Row): string | undefined;
  empty: ReactNode;
}

/** A list page by page: skeletons, then rows, or what is wrong, or what to do when there are none. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { query, columns, rowKey, keep = () => true, rowClass, empty } = props;
  const rows = query.data?.pages.flatMap(({ data }) => data).filter(keep);
  if (query.error && !rows) return <ProblemAlert error={query.error} retry={query.refetch} />;
  if (!rows) return <Waiting />;
  return (
    <Stack gap="sm">
      {rows.length === 0 ? (
        <div className="panel">{empty}</div>
      ) : (
        <div className="panel">
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ title, titleHidden, wideOnly }) => (
                  <Table.Th key={title} visibleFrom={wideOnly ? 'sm' : undefined} c="dimmed" fz="xs" fw={600}>
                    {titleHidden ? <VisuallyHidden>{title}</VisuallyHidden> : title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <tbody className="rows">
              {rows.map((row) => (
                <Cells key={rowKey(row)} row={row} columns={columns} className={rowClass?.(row)} />
              ))}
            </tbody>
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

interface CellsProps<Row> {
  row: Row;
  columns: Column<Row>[];
  className: string | undefined;
}

/** Plain cells: those of the library would all be drawn again with the table. */
const Cells = memo(function Cells<Row>({ row, columns, className }: CellsProps<Row>) {
  return (
    <tr className={className}>
      {columns.map(({ title, cell, wideOnly }) => (
        <td key={title} className={wideOnly ? 'mantine-visible-from-sm' : undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}) as <Row>(props: CellsProps<Row>) => ReactNode;

function Waiting() {
  return (
    <Stack className="panel" p="md" aria-busy="true" aria-label="Loading">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={22} />
      ))}
    </Stack>
  );
}
