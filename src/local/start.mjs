// What `npm start` runs. Nothing is installed yet on a bare clone, so only Node.js itself is imported up here.
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
try {
  const { ensureDependencies } = await import('./dependencies.mjs');
  await ensureDependencies();
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const { main } = await import('../../dist/main.js');
await main(process.argv.slice(2), process.env);
// A connection that failed half-way may hold on to its socket.
if (process.exitCode) process.exit();
