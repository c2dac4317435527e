/** What is shown of a list, and where it goes on. */
interface Loaded<Row> {
  data: Row[];
  nextCursor: string | null;
}

/**
 * Puts rows that were made or have moved into a list, newest first. Rows that stay as they are keep their identity.
 *
 * @param wanted whether a row belongs into the list as it stands now
 * @param most so many rows are kept; where some are cut off, the list has no next page
 */
export function withMoved<Row extends { id: string; createdAt: string }>(
  { data, nextCursor }: Loaded<Row>,
  moved: ReadonlyMap<string, Row>,
  wanted: (row: Row) => boolean,
  most: number,
): Loaded<Row> {
  const shown = new Set(data.map(({ id }) => id));
  const standing = data.flatMap((row) => {
    const now = moved.get(row.id) ?? row;
    return now === row || wanted(now) ? [now] : [];
  });
  const oldest = data.at(-1);
  // Those from before the last one come with the next page.
  const isInReach = (row: Row) => nextCursor === null || !oldest || isNewer(row, oldest);
  const made = [...moved.values()].filter((row) => !shown.has(row.id) && wanted(row) && isInReach(row));
  const all = made.length > 0 ? [...made, ...standing].sort((a, b) => (isNewer(a, b) ? -1 : 1)) : standing;
  return all.length > most ? { data: all.slice(0, most), nextCursor: null } : { data: all, nextCursor };
}

interface Placed {
  id: string;
  createdAt: string;
}

const isNewer = (a: Placed, b: Placed) =>
  a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;
