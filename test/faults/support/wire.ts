import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

/**
 * When something happens to a named statement on its way:
 * `sent`: the product has sent it, and it never arrives;
 * `committed`: its transaction is committed, and the answer has not been passed on yet;
 * `answered`: the answer has been passed on.
 */
export type Moment = 'sent' | 'committed' | 'answered';

/** A wire to PostgreSQL that knows which statement passes. */
export interface PostgresWire extends TcpProxy {
  /** The database, over this wire. */
  databaseUrl: string;
  /** Acts once, at the next passing of the statement of this name, before anything else is carried. */
  once(statement: string, moment: Moment, act: () => void): void;
}

export async function startPostgresWire(database: string): Promise<PostgresWire> {
  const url = new URL(database);
  const traps: { statement: string; moment: Moment; act: () => void }[] = [];

  function spring(statement: string | undefined, moment: Moment): boolean {
    const found = traps.findIndex((trap) => trap.statement === statement && trap.moment === moment);
    const [trap] = found < 0 ? [] : traps.splice(found, 1);
    trap?.act();
    return trap !== undefined;
  }

  const proxy = await startTcpProxy(
    { host: url.hostname, port: Number(url.port) },
    {
      carry(client, server) {
        let running: string | undefined;
        client.on('data', (bytes) => {
          const statement = traps.find((trap) => isBound(bytes, trap.statement))?.statement;
          running = statement ?? running;
          if (spring(statement, 'sent')) client.destroy();
          else server.write(bytes);
        });
        server.on('data', (bytes) => {
          if (!running || !isIdle(bytes)) return client.write(bytes);
          const statement = running;
          running = undefined;
          spring(statement, 'committed');
          client.write(bytes, () => spring(statement, 'answered'));
        });
      },
    },
  );
  url.host = `127.0.0.1:${proxy.port}`;
  return {
    ...proxy,
    databaseUrl: url.href,
    once: (statement, moment, act) => traps.push({ statement, moment, act }),
  };
}

/** A Bind message carries the name of its statement between zero bytes; the driver sends one statement at a time. */
function isBound(bytes: Buffer, statement: string): boolean {
  return bytes.includes(`\0${statement}\0`);
}

/** Whether an answer ends with ReadyForQuery, in no transaction: what ran before is committed. */
function isIdle(bytes: Buffer): boolean {
  return bytes.subarray(-6).toString('latin1') === 'Z\0\0\0\x05I';
}
