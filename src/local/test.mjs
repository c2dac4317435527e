// What `npm test` runs: the same on a developer's machine and in CI, bare or not.
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
try {
  const { ensureDependencies } = await import('./dependencies.mjs');
  await ensureDependencies();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { runChecks } = await import('./checks.mjs');
process.exitCode = await runChecks(process.argv.slice(2));
