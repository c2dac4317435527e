/** Where a list goes on: after the row with this time and id, in the order newest first. */
export interface Position {
  /** RFC 3339 UTC with microseconds, as {@link cursorAt} gives it: a Date would lose three digits. */
  at: string;
  id: string;
}

/** What a list's query is given: one row more than asked tells whether there is a next page. */
export interface PageRequest {
  rows: number;
  after: Position | undefined;
}

/** SQL for a timestamp in the cursor's precision; select it as `cursor_at`. */
export function cursorAt(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The values that end a list's query: the time and the id to go on after, or nulls, and its limit. */
export function pageValues({ after, rows }: PageRequest): [string | null, string | null, number] {
  return [after?.at ?? null, after?.id ?? null, rows];
}
