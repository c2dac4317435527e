import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Unreachable } from '../domain/delivery.ts';
import { codeOf, type Phase, unreachable } from './faults.ts';
import { authority, type EgressProxy, NoTunnel, ProxyFault } from './proxy.ts';

/** How many of a name's addresses are tried, one after the other. */
const MAX_ADDRESSES_TRIED = 4;

/** A connection that is being opened for one request. */
export interface Opening {
  /** How far it has come; kept up to date by whoever opens it. */
  phase: Phase;
  /** When the request's time is up, on the clock of `performance.now()`. */
  deadlineMs: number;
  /** Aborted when nobody waits for it any more. */
  signal: AbortSignal;
}

/** Opens a connection to one of the addresses, which have been judged, through the proxy. */
export type OpenTunnel = (addresses: readonly string[], port: number, opening: Opening) => Promise<Socket>;

/**
 * Tunnels by `CONNECT address:port`: the proxy never learns a name that it could resolve to something else.
 *
 * - 2xx: the tunnel stands.
 * - 403: {@link NoTunnel}, `blocked`. The proxy's own rules refuse the target.
 * - 502, 503: {@link NoTunnel}, `connect`; 504: `timeout`. That is how proxies say that the target refused them, or
 *   did not answer, so it counts as an attempt, like the same refusal without a proxy.
 * - Any other answer (407 first of all), none, or one that makes no sense: {@link ProxyFault}.
 *
 * A proxy answers a CONNECT when it has reached the target, or not, so its silence may be the target's. When half
 * of the time that is left has passed in silence, it is asked for something it answers by itself (`OPTIONS *`).
 * Only when it hears that, the silence is the target's: the phase becomes `connecting`.
 *
 * @param trust how TLS with the proxy is verified
 */
export function tunnelsThrough(proxy: EgressProxy, trust: SecureContextOptions): OpenTunnel {
  const agent = proxy.secure ? new https.Agent(trust) : new http.Agent();

  function request(method: string, path: string, headers: Record<string, string>, signal: AbortSignal) {
    const { host, port } = proxy;
    const all = { ...headers, ...proxy.headers() };
    const options = { method, path, host, port, agent, signal, headers: all };
    if (!proxy.secure) return http.request(options);
    return https.request({ ...options, rejectUnauthorized: true, servername: isIP(host) === 0 ? host : '' });
  }

  function connect(target: string, opening: Opening): Promise<Socket | Unreachable> {
    return new Promise((resolve, reject) => {
      opening.phase = 'reaching the proxy';
      const connecting = request('CONNECT', target, { Host: target }, opening.signal);
      let doubting: NodeJS.Timeout | undefined;
      onReady(connecting, proxy.secure, () => {
        opening.phase = 'waiting for the proxy';
        doubting = setTimeout(askWhetherItLives, (opening.deadlineMs - performance.now()) / 2, opening);
      });
      connecting.on('close', () => clearTimeout(doubting));
      connecting.on('error', (error) => reject(proxyFault(error)));
      // Answers to CONNECT that say no come as `connect` too.
      connecting.on('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
        clearTimeout(doubting);
        // Whoever takes it over hears of its end by `close`.
        socket.on('error', () => undefined);
        if (statusCode >= 200 && statusCode < 300) {
          // A target that speaks first may be heard together with the proxy's answer.
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
          return;
        }
        socket.destroy();
        const refusal = refusedWith(statusCode);
        if (refusal instanceof Error) reject(refusal);
        else resolve(refusal);
      });
      // A server that takes CONNECT for an ordinary request.
      connecting.on('response', () => connecting.destroy(new ProxyFault('the egress proxy does not tunnel')));
      connecting.end();
    });
  }

  function askWhetherItLives(opening: Opening): void {
    const headers = { Host: proxy.label, 'Max-Forwards': '0', Connection: 'close' };
    const asking = request('OPTIONS', '*', headers, opening.signal);
    const lives = () => {
      opening.phase = 'connecting';
    };
    asking.on('response', (answer) => {
      lives();
      answer.destroy();
    });
    // An answer that makes no sense is still one.
    asking.on('error', () => {
      if ((asking.socket?.bytesRead ?? 0) > 0) lives();
    });
    asking.end();
  }

  return async (addresses, port, opening) => {
    let refusal = unreachable('connect', 'no address to connect to');
    for (const address of addresses.slice(0, MAX_ADDRESSES_TRIED)) {
      const answer = await connect(authority(address, port), opening);
      if (!('kind' in answer)) return answer;
      refusal = answer;
    }
    throw new NoTunnel(refusal);
  };
}

/** Calls back when a request's connection stands, TLS included. */
function onReady(request: ClientRequest, secure: boolean, ready: () => void): void {
  request.once('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', ready));
}

function refusedWith(status: number): Unreachable | NoTunnel | ProxyFault {
  switch (status) {
    case 403:
      return new NoTunnel({ kind: 'blocked', detail: 'The egress proxy refused the address (403).' });
    case 502:
    case 503:
      return unreachable('connect', `the egress proxy cannot connect to the address (${status})`);
    case 504:
      return unreachable('timeout', 'the address did not answer the egress proxy (504)');
    case 407:
      return new ProxyFault('the egress proxy asks for other credentials (407)');
    default:
      return new ProxyFault(`the egress proxy answered CONNECT with ${status}`);
  }
}

function proxyFault(error: Error): ProxyFault {
  if (error instanceof ProxyFault) return error;
  const code = codeOf(error) || 'no code';
  return new ProxyFault(
    code.startsWith('HPE_')
      ? `what answers in the egress proxy's place speaks no HTTP (${code})`
      : `the egress proxy cannot be reached, or closed the connection (${code})`,
  );
}
