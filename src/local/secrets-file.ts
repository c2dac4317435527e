import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.ts';

export interface LocalSecrets {
  /** The operator's API key, `ph_…`. */
  apiKey: string;
  /** As POSTHASTE_ENCRYPTION_KEYS: `id:base64` of 32 bytes. */
  encryptionKeys: string;
}

/**
 * The secrets of the embedded mode: made on the very first start, then kept in the data folder,
 * readable by their owner only.
 * @throws SetupError when the file is there but damaged: new keys could not open what the old ones sealed.
 */
export function ensureLocalSecrets(dataDir: string): LocalSecrets {
  return readLocalSecrets(dataDir) ?? makeSecrets(pathIn(dataDir));
}

/** Undefined before the very first start. @throws SetupError when the file is there but damaged */
export function readLocalSecrets(dataDir: string): LocalSecrets | undefined {
  const path = pathIn(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
  try {
    const { apiKey, encryptionKeys } = JSON.parse(text) as Partial<LocalSecrets>;
    if (apiKey && encryptionKeys) return { apiKey, encryptionKeys };
  } catch {
    // Not JSON: said below.
  }
  throw new SetupError(
    `${path} is damaged: put it back from a copy, or remove the whole folder to start anew.`,
  );
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

function makeSecrets(path: string): LocalSecrets {
  const secrets = {
    apiKey: `ph_${randomBytes(24).toString('base64url')}`,
    encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
  };
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  // Renamed into place, so that a crash leaves either no file or a whole one.
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return secrets;
}
