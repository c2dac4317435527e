import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Certificates, makeCertificates, type ServerKeys } from '../support/certificates.ts';
import { hang, raw } from '../support/steps.ts';
import { poster, receiver } from './posting.ts';

let certificates: Certificates;

beforeAll(async () => {
  certificates = await makeCertificates();
});

test('a certificate of a trusted authority is accepted, for names and for addresses', async () => {
  const here = await receiver({ tls: certificates.good });
  const post = poster({ authority: certificates.authority });
  for (const host of ['127.0.0.1', 'localhost']) {
    expect(await post(`https://${host}:${here.port}/`)).toMatchObject({ status: 200 });
  }
  expect(await post(here.url())).toMatchObject({ status: 200 });
  expect(here.connections).toBe(2);
});

test.each<[string, (all: Certificates) => ServerKeys, RegExp]>([
  ['expired', ({ expired }) => expired, /expired/],
  ['not valid yet', ({ notYetValid }) => notYetValid, /not yet valid/],
  ['for another host', ({ wrongHost }) => wrongHost, /not in the cert/],
  ['self-signed', ({ selfSigned }) => selfSigned, /DEPTH_ZERO_SELF_SIGNED_CERT/],
])('a certificate that is %s is a tls fault, and nothing is sent', async (_, keys, detail) => {
  const here = await receiver({ tls: keys(certificates) });
  const outcome = await poster({ authority: certificates.authority })(here.url());
  expect(outcome).toMatchObject({ kind: 'unreachable', fault: 'tls', detail: expect.stringMatching(detail) });
  expect(here.requests).toHaveLength(0);
});

test('a certificate of an authority that nobody trusts is a tls fault, whatever the environment says', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const here = await receiver({ tls: certificates.good });
  expect(await poster()(here.url())).toMatchObject({ kind: 'unreachable', fault: 'tls' });
  expect(here.requests).toHaveLength(0);
});

describe('a handshake that does not come about is a tls fault', () => {
  test('because only an old protocol is spoken', async () => {
    const tls = { ...certificates.good, minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const };
    const here = await receiver({ tls: { ...tls, ciphers: 'DEFAULT@SECLEVEL=0' } });
    const outcome = await poster({ authority: certificates.authority })(here.url());
    expect(outcome).toMatchObject({ kind: 'unreachable', fault: 'tls' });
  });

  test('because plain HTTP is spoken on the port', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise((listening) => server.once('listening', listening));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const outcome = await poster()(`https://127.0.0.1:${port}/`);
    expect(outcome).toMatchObject({
      kind: 'unreachable',
      fault: 'tls',
      detail: expect.not.stringContaining('/'),
    });
  });

  test('because a client certificate is asked for', async () => {
    const here = await receiver({
      tls: { ...certificates.good, requestCert: true, rejectUnauthorized: true },
    });
    const outcome = await poster({ authority: certificates.authority })(here.url());
    expect(outcome).toMatchObject({ kind: 'unreachable', fault: expect.stringMatching(/tls|reset/) });
  });
});

test('a handshake that stalls is a timeout', async () => {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => {
    server.close();
  });
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  expect(await poster()(`https://127.0.0.1:${port}/`, { timeoutMs: 200 })).toEqual({
    kind: 'unreachable',
    fault: 'timeout',
    detail: 'no answer within 200 ms (TLS handshake)',
  });
});

test('TLS on a plain port is a fault, not a crash', async () => {
  const here = await receiver({ tls: certificates.good });
  here.script('*', hang());
  expect(await poster()(here.url().replace('https', 'http'))).toMatchObject({ kind: 'unreachable' });
});

test('a kept-alive TLS connection that the peer closes just as we POST is repeated once', async () => {
  const here = await receiver({ tls: certificates.good });
  here.script('*', 200, raw('', { close: true }), 202);
  const post = poster({ authority: certificates.authority });
  expect(await post(here.url())).toMatchObject({ status: 200 });
  expect(await post(here.url())).toMatchObject({ status: 202 });
  expect(here.requests).toHaveLength(3);
});
