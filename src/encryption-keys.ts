import { createPool } from './db/pool.ts';
import { keysFault, resealSecrets } from './db/reseal.ts';
import { createVault } from './db/vault.ts';

type Keys = Parameters<typeof createVault>[0];

/** Why a process cannot work with these keys on this database; undefined when it can. */
export async function faultOfKeys(databaseUrl: string, keys: Keys): Promise<string | undefined> {
  const pool = createPool(databaseUrl, () => {}, { max: 1 });
  try {
    return await keysFault(pool, createVault(keys));
  } finally {
    await pool.end();
  }
}

/**
 * Seals all secrets of endpoints with the newest key, while API and workers run, and says which keys can go.
 *
 * @param tell is given lines for people
 * @returns whether every secret could be opened
 */
export async function rotateKeys(
  databaseUrl: string,
  keys: Keys,
  tell: (line: string) => void,
): Promise<boolean> {
  const vault = createVault(keys);
  const pool = createPool(databaseUrl, () => {}, { max: 1 });
  try {
    const { count, unreadable, inUse } = await resealSecrets(pool, vault, (done) =>
      tell(`${done} secrets sealed with "${vault.keyIds[0]}"`),
    );
    tell(`done: ${count} secrets sealed anew`);
    for (const [keyId, secrets] of inUse) tell(`key "${keyId}": ${secrets} secrets`);
    for (const id of unreadable)
      tell(`endpoint ${id} has a secret that does not open: give its key, or rotate the secret`);
    for (const keyId of vault.keyIds.slice(1))
      tell(
        inUse.has(keyId)
          ? `key "${keyId}" is still used: keep it in POSTHASTE_ENCRYPTION_KEYS`
          : `key "${keyId}" is no longer used: take it out of POSTHASTE_ENCRYPTION_KEYS`,
      );
    return unreadable.length === 0;
  } finally {
    await pool.end();
  }
}
