import { startEmbedded } from '../../src/local/embedded.ts';
import { onShutdown } from '../../src/local/shutdown.ts';

// A process of its own that does what `npm start` does with the embedded servers, for tests that kill it.
const [, , dataDir = ''] = process.argv;
let stop = async () => {};
onShutdown(() => stop());
const embedded = await startEmbedded({
  dataDir,
  postgres: true,
  temporal: true,
  progress: () => {},
  throwaway: true,
});
stop = embedded.stop;
console.log(JSON.stringify({ databaseUrl: embedded.databaseUrl, address: embedded.temporal?.address }));
setInterval(() => {}, 1000);
