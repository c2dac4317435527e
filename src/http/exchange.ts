import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Outcome } from '../domain/delivery.ts';
import { ArrivingAnswer } from './answer.ts';
import type { OpeningRequest } from './connections.ts';
import { codeOf, lateIn, outcomeOf, unreachable } from './faults.ts';
import { ProxyFault } from './proxy.ts';
import type { Opening } from './tunnel.ts';
import type { Target } from './url.ts';

/** Headers of an answer beyond this many bytes make it a `protocol` fault. */
const MAX_HEADER_BYTES_READ = 32_768;

/** More headers than this make an answer a `protocol` fault. */
const MAX_HEADERS_READ = 1000;

/** Interim (1xx) answers beyond this many make it a `protocol` fault. */
const MAX_INTERIM_ANSWERS = 32;

/** One POST, ready to go out. */
export interface Posting {
  target: Target;
  /** All that is sent besides `Host` and `Connection`. */
  headers: Record<string, string | number>;
  /** Bytes: beside a string, Node.js writes the headers in UTF-8, too, and they are Latin-1 (RFC 9110 §5.5). */
  body: Buffer;
  timeoutMs: number;
  /** When the time is up, on the clock of `performance.now()`. */
  deadlineMs: number;
}

/**
 * Sends one request and reads what is kept of its answer. Resolves when the answer is complete, when enough of it
 * has come, or at the deadline, and leaves no socket open that could not be used again.
 *
 * `stale`: the agent's kept-alive connection was closed by the peer before a byte of answer came.
 *
 * @throws {@link ProxyFault}
 */
export function exchange(posting: Posting, agent: http.Agent): Promise<Outcome | 'stale'> {
  return new Promise((settle, reject) => {
    const waiting = new AbortController();
    const way: Opening = {
      phase: isIP(posting.target.host) === 0 ? 'resolving the name' : 'connecting',
      deadlineMs: posting.deadlineMs,
      signal: waiting.signal,
    };
    let socket: Socket | undefined;
    let bytesReadBefore = 0;
    let interimAnswers = 0;
    let answer: ArrivingAnswer | undefined;
    let response: IncomingMessage | undefined;

    const request = open(posting, agent, way);
    const timer = setTimeout(() => {
      cut(answer?.outcome(false) ?? lateIn(way.phase, posting.timeoutMs));
    }, posting.deadlineMs - performance.now());

    /** Ends an exchange whose connection is of no more use. */
    function cut(end: Outcome | 'stale' | ProxyFault): void {
      clearTimeout(timer);
      if (end instanceof ProxyFault) reject(end);
      else settle(end);
      waiting.abort();
      request.destroy();
    }

    function fail(error: Error): void {
      // What came together with the fault has not been read yet.
      response?.read();
      const isStale = request.reusedSocket && socket?.bytesRead === bytesReadBefore && isReset(error);
      // Once there is a status line it decides, whatever becomes of the rest.
      const complete = response?.complete ?? false;
      cut(answer?.outcome(complete) ?? (isStale ? 'stale' : outcomeOf(error, way.phase)));
    }

    request.on('socket', (assigned) => {
      socket = assigned;
      const connected = () => {
        way.phase = posting.target.secure ? 'TLS handshake' : 'waiting for the answer';
      };
      if (request.reusedSocket) {
        way.phase = 'waiting for the answer';
        bytesReadBefore = assigned.bytesRead;
        return;
      }
      // A tunnel stands already.
      if (!assigned.connecting) connected();
      assigned.once('lookup', () => {
        way.phase = 'connecting';
      });
      assigned.once('connect', connected);
      assigned.once('secureConnect', () => {
        way.phase = 'waiting for the answer';
      });
    });
    request.on('error', fail);
    request.on('information', () => {
      interimAnswers += 1;
      if (interimAnswers > MAX_INTERIM_ANSWERS) cut(unreachable('protocol', 'too many 1xx answers'));
    });
    request.on('upgrade', (_, upgraded) => {
      upgraded.destroy();
      cut(switchedProtocols());
    });
    request.on('response', (message: IncomingMessage) => {
      message.on('error', fail);
      if (message.statusCode === 101) return cut(switchedProtocols());
      if (message.rawHeaders.length > MAX_HEADERS_READ * 2) {
        return cut(unreachable('protocol', `more than ${MAX_HEADERS_READ} headers`));
      }
      response = message;
      const arriving = new ArrivingAnswer(message.statusCode ?? 0, message.rawHeaders);
      answer = arriving;
      message.on('data', (chunk: Buffer) => {
        if (!arriving.take(chunk)) cut(arriving.outcome(false));
      });
      message.on('end', () => {
        clearTimeout(timer);
        settle(arriving.outcome(message.complete));
      });
    });
    request.end(posting.body);
  });
}

function open({ target, headers }: Posting, agent: http.Agent, opening: Opening): ClientRequest {
  const options: OpeningRequest = {
    method: 'POST',
    host: target.host,
    port: target.port,
    path: target.path,
    headers,
    agent,
    opening,
    maxHeaderSize: MAX_HEADER_BYTES_READ,
  };
  if (!target.secure) return http.request(options);
  return https.request({ ...options, servername: isIP(target.host) === 0 ? withoutDot(target.host) : '' });
}

function switchedProtocols(): Outcome {
  return unreachable('protocol', 'switched protocols uninvited (101)');
}

function isReset(error: Error): boolean {
  return codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE';
}

function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
