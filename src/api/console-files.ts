import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One built file, with what was compressed beside it. */
export interface ConsoleFile {
  plain: Buffer;
  br?: Buffer;
  gzip?: Buffer;
}

export interface ConsoleFiles {
  /** The page, with `__CSP_NONCE__` in the place of the nonce. */
  page: string;
  /** By name, below `/assets`. */
  assets: ReadonlyMap<string, ConsoleFile>;
}

/**
 * Reads all of the built console into memory, about a megabyte: a process goes on serving the one it started with,
 * also while another is built.
 *
 * @returns undefined when none was built
 */
export function readConsole(folder: string | undefined): ConsoleFiles | undefined {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) return undefined;
  const below = join(folder, 'assets');
  const names = readdirSync(below);
  const read = (name: string) => (names.includes(name) ? readFileSync(join(below, name)) : undefined);
  const assets = new Map<string, ConsoleFile>();
  for (const name of names.filter((one) => !/\.(?:br|gz)$/.test(one))) {
    const br = read(`${name}.br`);
    const gzip = read(`${name}.gz`);
    assets.set(name, { plain: readFileSync(join(below, name)), ...(br && { br }), ...(gzip && { gzip }) });
  }
  return { page: readFileSync(join(folder, 'index.html'), 'utf8'), assets };
}
