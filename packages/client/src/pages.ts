/** The answer of every list. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** Everything in a list, page by page as it is read; `fetchPage` is given the cursor of each page after the first. */
export async function* eachItem<T>(
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const { data, nextCursor } = await fetchPage(cursor);
    yield* data;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
