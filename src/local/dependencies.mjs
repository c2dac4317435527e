import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** Makes `node_modules` what package-lock.json says, when it is not. Throws with npm's own words when it can't. */
export async function ensureDependencies() {
  if (installedAsLocked()) return;
  const startedAt = Date.now();
  console.log('Installing dependencies (once, about half a minute)…');
  await npmInstall();
  console.log(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
}

/**
 * npm writes what it installed, once all is in place, to a lock file of the same form. It lacks only what is
 * optional and not for this platform.
 */
function installedAsLocked() {
  const installed = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  const locked = packagesOf(join(ROOT, 'package-lock.json'));
  if (!installed || !locked) return false;
  return Object.entries(locked).every(([path, { version, integrity, optional, devOptional }]) => {
    const there = installed[path];
    if (!there) return path === '' || optional === true || devOptional === true;
    return there.version === version && there.integrity === integrity;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Not `npm ci`: it refuses a lock file that lacks an optional package for some other platform, and such gaps come
 * about wherever a registry does not serve them all. Locked versions hold all the same, and nothing is saved.
 */
function npmInstall() {
  // The npm that started us, which need not be on PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = ['install', '--no-save', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args, '--loglevel=error'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    child.once('error', (error) => reject(new Error(`npm does not start: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The dependencies could not be installed. npm says:\n${output.trim()}`));
    });
  });
}
