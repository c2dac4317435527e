import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReceivedRequest } from './receiver.ts';

/**
 * What a receiver does with one request: writes to its socket what it likes. The connection stays open for
 * the next request unless the step closes it.
 */
export type Step = (socket: Socket, request: ReceivedRequest) => void | Promise<void>;

export interface AnswerOptions {
  /** Added to, or instead of, `Content-Length`; several values are several lines. */
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Wait before the answer, in milliseconds. */
  delayMs?: number;
  /** Close the connection after it. */
  close?: boolean;
}

/** An ordinary answer. */
export function answer(status: number, options: AnswerOptions = {}): Step {
  const { headers = {}, body = '', delayMs, close } = options;
  const fields = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers });
  const lines = fields.flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  const head = [`HTTP/1.1 ${String(status).padStart(3, '0')} Scripted`, ...lines].join('\r\n');
  return async (socket) => {
    if (delayMs !== undefined) await delay(delayMs);
    socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), Buffer.from(body)]));
    if (close) socket.end();
  };
}

export function redirect(status: number, location: string): Step {
  return answer(status, { headers: { Location: location } });
}

/** Takes the request and never answers. */
export function hang(): Step {
  return (socket) => new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Keeps requests waiting until they are let through; then they are answered. Knows how many it had open at most. */
export function gate(answered: Step = answer(200)) {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  let under = 0;
  let most = 0;
  const step: Step = async (socket, request) => {
    under++;
    most = Math.max(most, under);
    if (!isOpen) await new Promise<void>((go) => waiting.push(go));
    under--;
    await answered(socket, request);
  };
  return {
    step,
    waiting: () => waiting.length,
    most: () => most,
    letOne: () => waiting.shift()?.(),
    /** Lets through whoever waits, and all who come. */
    open() {
      isOpen = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

/** Writes bytes as they are, HTTP or not; the connection stays open unless `close` says otherwise. */
export function raw(bytes: string | Buffer, { close = false } = {}): Step {
  return (socket) => {
    socket.write(bytes);
    if (close) socket.end();
  };
}

/** Cuts the connection with a TCP reset, after writing what is given. */
export function reset(after: string | Buffer = ''): Step {
  return async (socket) => {
    if (after.length > 0) {
      await new Promise((written) => socket.write(after, written));
      // Long enough for the bytes to be read before the reset overtakes them.
      await delay(20);
    }
    socket.resetAndDestroy();
  };
}

/** Writes bytes one at a time. */
export function drip(bytes: string | Buffer, everyMs: number): Step {
  return async (socket) => {
    for (const byte of Buffer.from(bytes)) {
      if (socket.destroyed) return;
      socket.write(Buffer.of(byte));
      await delay(everyMs);
    }
  };
}

/** Writes a head, then one piece again and again: for ever, or that many times. */
export function flood(head: string, piece: string | Buffer, times = Number.POSITIVE_INFINITY): Step {
  return async (socket) => {
    socket.write(head);
    for (let n = 0; n < times && !socket.destroyed; n++) {
      if (!socket.write(piece)) await drained(socket);
    }
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}
