// What `npm test` and, with --faults, `npm run test:faults` run: the same on a developer's machine and in CI, bare or
// not.
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
try {
  const { ensureDependencies } = await import('./dependencies.mjs');
  await ensureDependencies();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { runChecks, runFaults } = await import('./checks.mjs');
const args = process.argv.slice(2);
process.exitCode = await (args[0] === '--faults' ? runFaults(args.slice(1)) : runChecks(args));
