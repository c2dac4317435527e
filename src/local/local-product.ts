import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownerOf } from './data-dir.ts';
import { readLocalSecrets } from './secrets-file.ts';

/** Where the embedded product of a data folder is called, and with which key. */
export interface LocalProduct {
  apiUrl: string;
  /** The operator's, unless the product was started with another in POSTHASTE_API_KEY. */
  apiKey: string;
}

const ADDRESS = 'api.json';

/** Leaves a note in the data folder, so that the command line finds the product that runs there. */
export function noteAddress(dataDir: string, apiUrl: string): void {
  writeFileSync(join(dataDir, ADDRESS), `${JSON.stringify({ apiUrl, pid: process.pid })}\n`, { mode: 0o600 });
}

/** Undefined when none runs, or it is not ready yet. */
export function findLocalProduct(dataDir: string): LocalProduct | undefined {
  const owner = ownerOf(dataDir);
  const apiUrl = owner === undefined ? undefined : notedAddress(dataDir, owner);
  if (!apiUrl) return undefined;
  const apiKey = readLocalSecrets(dataDir)?.apiKey;
  return apiKey ? { apiUrl, apiKey } : undefined;
}

/** The note that the process `pid` left: one of an earlier run may name a port that is somebody else's by now. */
export function notedAddress(dataDir: string, pid: number): string | undefined {
  try {
    const note = JSON.parse(readFileSync(join(dataDir, ADDRESS), 'utf8')) as Record<string, unknown>;
    return note.pid === pid && typeof note.apiUrl === 'string' ? note.apiUrl : undefined;
  } catch {
    return undefined;
  }
}
