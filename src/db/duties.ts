import type { Queryable } from './pool.ts';

/**
 * Takes a duty whose time has come, for one process of all that ask: it comes round again after `everyMs`,
 * whatever becomes of this run.
 */
export async function takeDuty(db: Queryable, name: string, everyMs: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'take-duty',
    text: `
      insert into duties (name, due_at) values ($1, now() + $2 * interval '1 millisecond')
      on conflict (name) do update set due_at = excluded.due_at where duties.due_at <= now()`,
    values: [name, everyMs],
  });
  return rowCount === 1;
}

/** Where a duty stands, as it was last told; undefined at the very first. */
export async function readPlace<Place>(db: Queryable, name: string): Promise<Place | undefined> {
  const { rows } = await db.query<{ place: Place | null }>('select place from duties where name = $1', [
    name,
  ]);
  return rows[0]?.place ?? undefined;
}

export async function writePlace(db: Queryable, name: string, place: unknown): Promise<void> {
  await db.query('update duties set place = $2 where name = $1', [name, JSON.stringify(place)]);
}
