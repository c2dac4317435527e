import { Client, Connection } from '@temporalio/client';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';

/** Where Temporal is and how to be let in: address, namespace, TLS, API key; made by `@temporalio/envconfig`. */
export type TemporalSettings = ClientConnectConfig;

/** A connection for starting, signalling and querying, without a worker in this process. */
export async function connectClient({ connectionOptions, namespace }: TemporalSettings) {
  const connection = await Connection.connect(connectionOptions);
  return {
    connection,
    client: new Client({ connection, ...(namespace && { namespace }) }),
    close: () => connection.close(),
  };
}

/** The worker's own connection, which also serves a client: only so can workflows be started eagerly. */
export async function connectWorker({ connectionOptions, namespace }: TemporalSettings) {
  const connection = await NativeConnection.connect(connectionOptions);
  return {
    connection,
    client: new Client({ connection, ...(namespace && { namespace }) }),
    close: () => connection.close(),
  };
}
