// The raw baseline, a process of its own: the product's path with no Temporal in it. Same API, same statements,
// same relay, same attempt; but where the product starts a workflow, the attempts are made right here. Nothing
// sleeps, retries or survives a crash. Settings are the product's: POSTHASTE_DATA, POSTHASTE_API_KEY.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createEndpointTurns } from '../activities/endpoint-turns.ts';
import { createActivities } from '../activities/index.ts';
import { createTaskRoom } from '../activities/task-room.ts';
import { createApi } from '../src/api/app.ts';
import { startBurstThread } from '../src/burst-thread/host.ts';
import { scopedTo } from '../src/db/account-scope.ts';
import { createDeliveryWrites } from '../src/db/delivery-writes.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool } from '../src/db/pool.ts';
import { createVault } from '../src/db/vault.ts';
import { createRelay, type Relay } from '../src/dispatch/relay.ts';
import { carriageOf } from '../src/domain/burst.ts';
import { DEFAULT_RETENTION } from '../src/domain/retention.ts';
import { parseNetworks } from '../src/http/address.ts';
import { resolveAndJudge } from '../src/http/guard.ts';
import { createPost } from '../src/http/post.ts';
import { startEmbedded } from '../src/local/embedded.ts';
import { noteAddress } from '../src/local/local-product.ts';
import { onShutdown } from '../src/local/shutdown.ts';
import { createLogger } from '../src/log.ts';
import { databaseCheck } from '../src/readiness.ts';
import type { BurstWorkflows } from '../src/temporal/bursts.ts';
import type { DeliveryWorkflows } from '../src/temporal/deliveries.ts';
import { VERSION } from '../src/version.ts';

const { POSTHASTE_DATA = '', POSTHASTE_API_KEY = '' } = process.env;

let undo: (() => unknown)[] = [];
onShutdown(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

const progress = (line: string) => console.error(line);
const embedded = await startEmbedded({
  dataDir: POSTHASTE_DATA,
  postgres: true,
  temporal: false,
  progress,
});
undo.push(embedded.stop);
const databaseUrl = embedded.databaseUrl ?? '';
await migrate(databaseUrl);

const logger = createLogger('warn');
const policy = { allowNetworks: parseNetworks('127.0.0.0/8'), allowHttp: true };
const onBroken = (error: Error) => logger.warn({ err: error }, 'a database connection broke');
const pool = createPool(databaseUrl, onBroken);
undo.push(() => pool.end());
const tenantPool = createPool(databaseUrl, onBroken, { role: 'tenant', max: 8 });
undo.push(() => tenantPool.end());
const encryptionKeys = [{ id: 'bench', key: randomBytes(32) }];
const vault = createVault(encryptionKeys);
const writes = createDeliveryWrites(pool);
const { post, close: closePost } = createPost({ policy });
undo.push(closePost);
/** What waits before it is started is found by its first sweep. */
let started: Relay | undefined;
const thread = startBurstThread({
  path: fileURLToPath(new URL('../../../../dist/burst-thread.js', import.meta.url)),
  role: 'all',
  data: { databaseUrl, encryptionKeys, refusedPorts: [] },
  dispatch: {
    offer: (made) => started?.offer(made),
    poke: () => started?.poke(),
    passOn: () => undefined,
  },
  onFatal: (error) => {
    throw error;
  },
});
undo.push(thread.stop);
const { attempt, attemptEach } = createActivities(
  {
    pool,
    vault,
    writes,
    post,
    offer: () => {},
    taskRoom: createTaskRoom(),
    turns: createEndpointTurns(),
    heartbeat: () => undefined,
    logger,
  },
  thread.attemptEach,
);

const bursts: BurstWorkflows = {
  async start(deliveries) {
    const made = attemptEach({ burst: 'raw', deliveries: carriageOf(deliveries) });
    return { ended: made.then(() => undefined) };
  },
};
const workflows: DeliveryWorkflows = {
  async start({ id }) {
    await attempt({ deliveryId: id, number: 1 });
    return { runsHere: false };
  },
  async signal(deliveryId, { name }) {
    // Its endpoint has room for it again.
    if (name === 'proceed') await attempt({ deliveryId, number: 1 });
    return true;
  },
  log: async () => undefined,
};
const relay = createRelay({ pool, workflows, bursts, logger });
started = relay;
undo.push(() => relay.stop());

const api = createApi({
  pool,
  recordOf: (account) => scopedTo(tenantPool, account),
  vault,
  ingest: writes.ingest,
  relay,
  workflows,
  recoveries: { offer: () => {}, start: async () => {}, signal: async () => false },
  judgeUrl: (url) => resolveAndJudge(url, policy),
  readiness: [databaseCheck(pool)],
  logger,
  settings: { operatorKey: POSTHASTE_API_KEY, inbox: false, retention: DEFAULT_RETENTION, version: VERSION },
});
const server = createServer({ keepAliveTimeout: 65_000 }, api).listen(0, '127.0.0.1');
await once(server, 'listening');
noteAddress(POSTHASTE_DATA, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
undo.push(() => server.close().closeAllConnections());
