import type { Queryable } from './pool.ts';
import {
  countSealedWith,
  exchangeSeal,
  pageSealedWith,
  SEALED_COLUMNS,
  type SealedColumn,
  sampleSealedWith,
  sealingKeyIds,
} from './sealed-secrets.ts';
import type { Vault } from './vault.ts';

/** How many secrets are read at a time. */
const BATCH = 200;

/** How many secrets of each end of the table are tried for each key. */
const SAMPLE_EACH_END = 5;

/** A rotation by the API can move a secret behind the walk, so it is walked until nothing is left, but not for ever. */
const MOST_WALKS = 5;

export interface Resealed {
  /** How many secrets were sealed anew. */
  count: number;
  /** Ids of the endpoints with a secret that does not open. */
  unreadable: string[];
  /** How many secrets are sealed with which key now. */
  inUse: Map<string, number>;
}

/**
 * Seals every secret of an endpoint, in force or previous, with the newest key, while the product runs: each is
 * exchanged on its own, and only if it is still the one that was read. A secret that does not open stays as it is.
 *
 * @param progress is told how many are done, after each batch
 */
export async function resealSecrets(
  db: Queryable,
  vault: Vault,
  progress: (count: number) => void,
): Promise<Resealed> {
  const unreadable = new Set<string>();
  let count = 0;

  async function walk(column: SealedColumn, keyId: string): Promise<number> {
    let exchanged = 0;
    let after = '';
    for (;;) {
      const page = await pageSealedWith(db, column, keyId, { after, limit: BATCH });
      const last = page.at(-1);
      if (!last) return exchanged;
      for (const { id, sealed } of page) {
        const to = resealed(vault, sealed);
        if (to === undefined) unreadable.add(id);
        else if (await exchangeSeal(db, column, { id, from: sealed, to })) exchanged += 1;
      }
      after = last.id;
      progress(count + exchanged);
    }
  }

  for (let walks = 0; walks < MOST_WALKS; walks++) {
    const before = count;
    for (const column of SEALED_COLUMNS)
      for (const keyId of await sealingKeyIds(db, column))
        if (keyId !== vault.keyIds[0]) count += await walk(column, keyId);
    if (count === before) break;
  }
  return { count, unreadable: [...unreadable], inUse: await keysInUse(db) };
}

function resealed(vault: Vault, sealed: string): string | undefined {
  try {
    return vault.seal(vault.open(sealed));
  } catch {
    return undefined;
  }
}

async function keysInUse(db: Queryable): Promise<Map<string, number>> {
  const inUse = new Map<string, number>();
  for (const column of SEALED_COLUMNS)
    for (const keyId of await sealingKeyIds(db, column))
      inUse.set(keyId, (inUse.get(keyId) ?? 0) + (await countSealedWith(db, column, keyId)));
  return inUse;
}

/** What Vault makes: the id of a key, and at least nonce and tag. Anything else was broken after it was sealed. */
const SEALED = /^[A-Za-z0-9_-]{1,32}\.(?=.{40,})[A-Za-z0-9+/]+={0,2}$/;

/**
 * Why the keys given are not those that the secrets in force are sealed with; undefined when they are. Looks at a
 * few secrets of each key: one that is broken says nothing of its key, if another one opens.
 */
export async function keysFault(db: Queryable, vault: Vault): Promise<string | undefined> {
  for (const column of SEALED_COLUMNS) {
    for (const keyId of await sealingKeyIds(db, column)) {
      const sample = await sampleSealedWith(db, column, keyId, { each: SAMPLE_EACH_END });
      const whole = sample.filter((sealed) => SEALED.test(sealed));
      if (whole.length === 0 || whole.some((sealed) => resealed(vault, sealed) !== undefined)) continue;
      return vault.keyIds.includes(keyId)
        ? `its key "${keyId}" does not open the secrets in the database that are sealed with it: give the right one`
        : `it lacks the key "${keyId}", which secrets in the database are sealed with: add it`;
    }
  }
  return undefined;
}
