// What `npm test`, `npm run test:console` (--console), `npm run test:faults` (--faults) and `npm run test:outside`
// (--outside) run: the same on a developer's machine and in CI, bare or not.
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
try {
  const { ensureDependencies } = await import('./dependencies.mjs');
  await ensureDependencies();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { runChecks, runConsole, runFaults, runOutside } = await import('./checks.mjs');
const args = process.argv.slice(2);
const suites = { '--console': runConsole, '--faults': runFaults, '--outside': runOutside };
const suite = suites[args[0]];
process.exitCode = await (suite ? suite(args.slice(1)) : runChecks(args));
