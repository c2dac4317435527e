import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import { SetupError } from './setup-error.ts';

/** A user of this machine. */
export interface Account {
  uid: number;
  gid: number;
}

const USER = 'postgres';

/**
 * Whom PostgreSQL runs as: ourselves (undefined), unless we are root, which it refuses. Then it is whoever owns
 * `clusterDir` already, else the machine's user `postgres`, made when it is missing.
 * @throws SetupError when root cannot be helped here
 */
export function postgresAccount(clusterDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (process.platform !== 'linux')
    throw new SetupError(
      'PostgreSQL does not run as root: start Posthaste as another user, or set DATABASE_URL.',
    );
  if (existsSync(clusterDir)) {
    const { uid, gid } = statSync(clusterDir);
    if (uid !== 0) return { uid, gid };
  }
  const account = lookUp() ?? makeUser();
  if (existsSync(clusterDir)) chownSync(clusterDir, account.uid, account.gid);
  return account;
}

function lookUp(): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${USER}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function makeUser(): Account {
  let why = 'there is no such user afterwards';
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER],
      { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    const made = lookUp();
    if (made) return made;
  } catch (error) {
    why = (error as Error).message.trim().replaceAll('\n', ' ');
  }
  throw new SetupError(
    `PostgreSQL does not run as root and the user "${USER}" cannot be made (${why}): make it, start Posthaste as another user, or set DATABASE_URL.`,
  );
}
