import type { Queryable } from './pool.ts';

/** Where an endpoint keeps a sealed secret. */
export const SEALED_COLUMNS = ['secret_sealed', 'previous_secret_sealed'] as const;
export type SealedColumn = (typeof SEALED_COLUMNS)[number];

/** SQL: the sealed secrets of an endpoint `e` that sign now: during a rotation's overlap the one before, too. */
export const SEALED_IN_FORCE = `case when e.previous_secret_expires_at > now()
  then array[e.secret_sealed, e.previous_secret_sealed] else array[e.secret_sealed] end`;

/** The id of the key, as {@link Vault.seal} writes it in front; what the indexes are on. */
const keyIdIn = (column: SealedColumn) => `split_part(${column}, '.', 1)`;

/** Ids of all keys that secrets are sealed with; walks the index from id to id, however many rows there are. */
export async function sealingKeyIds(db: Queryable, column: SealedColumn): Promise<string[]> {
  const id = keyIdIn(column);
  const { rows } = await db.query<{ id: string }>(
    `with recursive ids (id) as (
       select min(${id}) from endpoints where ${column} is not null
       union all
       select (select min(${id}) from endpoints where ${column} is not null and ${id} > ids.id)
       from ids where ids.id is not null
     )
     select id from ids where id is not null`,
  );
  return rows.map((row) => row.id);
}

/** How many secrets are sealed with a key. */
export async function countSealedWith(db: Queryable, column: SealedColumn, keyId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from endpoints where ${column} is not null and ${keyIdIn(column)} = $1`,
    [keyId],
  );
  return rows[0]?.count ?? 0;
}

/** A few secrets in force that are sealed with a key, from both ends of the table. */
export async function sampleSealedWith(
  db: Queryable,
  column: SealedColumn,
  keyId: string,
  { each }: { each: number },
): Promise<string[]> {
  const inForce = column === 'secret_sealed' ? 'true' : 'previous_secret_expires_at > now()';
  const from = `select ${column} as sealed from endpoints
    where ${column} is not null and ${keyIdIn(column)} = $1 and deleted_at is null and ${inForce}`;
  const { rows } = await db.query<{ sealed: string }>(
    `(${from} order by ${keyIdIn(column)}, id limit $2) union (${from} order by ${keyIdIn(column)} desc, id desc limit $2)`,
    [keyId, each],
  );
  return rows.map(({ sealed }) => sealed);
}

/** The next endpoints, in the order of their ids, with a secret that is sealed with a key. */
export async function pageSealedWith(
  db: Queryable,
  column: SealedColumn,
  keyId: string,
  { after, limit }: { after: string; limit: number },
): Promise<{ id: string; sealed: string }[]> {
  const { rows } = await db.query<{ id: string; sealed: string }>(
    `select id, ${column} as sealed from endpoints
     where ${column} is not null and ${keyIdIn(column)} = $1 and id > $2
     order by id limit $3`,
    [keyId, after, limit],
  );
  return rows;
}

/** Puts one seal in the place of another, unless the secret was changed meanwhile: then nothing happens. */
export async function exchangeSeal(
  db: Queryable,
  column: SealedColumn,
  { id, from, to }: { id: string; from: string; to: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update endpoints set ${column} = $3 where id = $1 and ${column} = $2`,
    [id, from, to],
  );
  return rowCount === 1;
}
