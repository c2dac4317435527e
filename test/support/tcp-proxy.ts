import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire to a server that can be cut, and mended. */
export interface TcpProxy {
  /** Listens on 127.0.0.1. */
  port: number;
  /** Breaks every connection, and each new one, until it is mended. */
  cut(): void;
  /** Keeps back what clients say, and breaks nothing: as on a network that has gone silent. Mended, it arrives. */
  hush(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Carries what two sockets say to each other; may look at it, or keep it back. */
export type Carry = (client: Socket, server: Socket) => void;

const asItIs: Carry = (client, server) => {
  client.on('data', (bytes) => server.write(bytes));
  server.on('data', (bytes) => client.write(bytes));
};

/** @param target is looked at for each connection: the server may have moved */
export async function startTcpProxy(
  target: { host: string; port: number },
  { carry = asItIs }: { carry?: Carry } = {},
): Promise<TcpProxy> {
  const clients = new Set<Socket>();
  const servers = new Set<Socket>();
  let state: 'whole' | 'cut' | 'hushed' = 'whole';
  const keep = (socket: Socket, among: Set<Socket>) => {
    among.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => among.delete(socket));
    return socket;
  };
  const proxy = createServer((client) => {
    keep(client, clients);
    if (state === 'cut') return client.destroy();
    if (state === 'hushed') client.pause();
    const server = keep(connect(target), servers);
    carry(client, server);
    client.on('end', () => server.end());
    server.on('end', () => client.end());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const destroyAll = () => {
    for (const socket of [...clients, ...servers]) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      destroyAll();
    },
    hush() {
      state = 'hushed';
      for (const client of clients) client.pause();
    },
    mend() {
      state = 'whole';
      for (const client of clients) client.resume();
    },
    async close() {
      destroyAll();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
