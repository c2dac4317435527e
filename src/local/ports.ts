import { connect, createServer } from 'node:net';

/** How many ports after the preferred one are tried, so that an address stays easy to guess. */
const NEIGHBOURS = 20;

/**
 * `preferred` when it is free on 127.0.0.1, else one soon after it, else any port that is. Nothing reserves it:
 * use it at once.
 */
export async function freePort(preferred = 0): Promise<number> {
  for (let port = preferred; preferred > 0 && port < preferred + NEIGHBOURS; port++)
    if (await isFree(port)) return port;
  return (await tryPort(0)) ?? preferred;
}

/** Whether a port of 127.0.0.1 can be listened on; 0 always can. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** Resolves when something takes connections on this port of 127.0.0.1, rejects when nothing does. */
export function answersOn(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
