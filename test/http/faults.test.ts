import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { NetworkFault } from '../../src/domain/delivery.ts';
import type { ResolveName } from '../../src/http/resolve.ts';
import { drip, flood, raw, reset, type Step } from '../support/steps.ts';
import { poster, receiver } from './posting.ts';

const huge = 'x'.repeat(1000);

describe('what is not an answer is classed', () => {
  test.each<[NetworkFault, string, Step]>([
    ['reset', 'a reset before the status line', reset()],
    ['reset', 'a connection that ends before the status line', raw('', { close: true })],
    ['protocol', 'garbage', raw('It is a good day to be a server.\r\n\r\n')],
    ['protocol', 'another protocol', raw('SSH-2.0-OpenSSH_9.6\r\n')],
    ['protocol', 'binary', raw(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff]))],
    ['reset', 'an end in the status line', raw('HTTP/1.1 20', { close: true })],
    ['reset', 'an end in the headers', raw('HTTP/1.1 200 OK\r\ncontent-le', { close: true })],
    ['protocol', 'a status of two digits', raw('HTTP/1.1 99 OK\r\n\r\n')],
    ['protocol', 'a status of four digits', raw('HTTP/1.1 2000 OK\r\n\r\n')],
    ['protocol', 'HTTP/2 in clear text', raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['protocol', 'NUL in a header', raw('HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n')],
    ['protocol', 'two lengths', raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx')],
    ['protocol', 'a length that is none', raw('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n')],
    [
      'protocol',
      'Content-Length with Transfer-Encoding',
      raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    ],
    ['protocol', '40 kB of headers', raw(`HTTP/1.1 200 OK\r\n${`h: ${huge}\r\n`.repeat(40)}\r\n`)],
    ['protocol', 'one header of 40 kB', raw(`HTTP/1.1 200 OK\r\nh: ${huge.repeat(40)}\r\n\r\n`)],
    ['protocol', '10,000 headers', raw(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`)],
    ['protocol', 'headers without end', flood('HTTP/1.1 200 OK\r\n', 'h: v\r\n'.repeat(10_000))],
    [
      'protocol',
      'a switch of protocols',
      raw('HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    ],
    ['protocol', 'a bare 101', raw('HTTP/1.1 101 Go\r\n\r\n')],
    ['protocol', '1xx without end', flood('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000))],
    ['timeout', '1xx in a drip', drip('HTTP/1.1 102 Wait\r\n\r\n'.repeat(9), 5)],
    ['timeout', 'headers in a drip', drip(`HTTP/1.1 200 OK\r\nh: ${huge}`, 5)],
  ])('%s: %s', async (fault, _, step) => {
    const { script, url } = await receiver();
    script('*', step);
    const outcome = await poster()(url('/path?token=very-secret'), {
      timeoutMs: fault === 'timeout' ? 400 : 5000,
    });
    expect(outcome).toMatchObject({ kind: 'unreachable', fault });
    const { detail } = outcome as { detail: string };
    expect(detail).toMatch(/^[^\n]{5,300}$/);
    expect(detail).not.toContain('secret');
  });

  test('connect: nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const post = poster({ resolve: async () => ['127.0.0.1', '127.0.0.2'] });
    const refused = {
      kind: 'unreachable',
      fault: 'connect',
      detail: `connect ECONNREFUSED 127.0.0.1:${port}`,
    };
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual(refused);
    expect(await post(`http://receiver.example:${port}/`)).toEqual(refused);
  });
});

describe('names', () => {
  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL'])('that end in %s are a dns fault', async (code) => {
    const resolve: ResolveName = async () => {
      throw Object.assign(new Error('some words'), { code });
    };
    expect(await poster({ resolve })('http://nowhere.example/')).toEqual({
      kind: 'unreachable',
      fault: 'dns',
      detail: `cannot resolve nowhere.example (${code})`,
    });
  });

  test('that nobody has are a dns fault', async () => {
    expect(await poster()('http://nowhere.invalid/', { timeoutMs: 5000 })).toMatchObject({ fault: 'dns' });
    expect(await poster({ resolve: async () => [] })('http://empty.example/')).toMatchObject({
      fault: 'dns',
    });
  });

  test('that take for ever are a timeout, and open no socket when they come late', async () => {
    const here = await receiver();
    let answerLate: (addresses: string[]) => void = () => undefined;
    const resolve: ResolveName = () =>
      new Promise((resolved) => {
        answerLate = resolved;
      });
    const post = poster({ resolve });
    expect(await post(`http://slow.example:${here.port}/`, { timeoutMs: 100 })).toEqual({
      kind: 'unreachable',
      fault: 'timeout',
      detail: 'no answer within 100 ms (resolving the name)',
    });
    answerLate(['127.0.0.1']);
    expect(await post(here.url())).toMatchObject({ status: 200 });
    expect(here.connections).toBe(1);
  });
});
