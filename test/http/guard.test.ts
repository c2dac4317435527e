import { expect, test } from 'vitest';
import { type AddressPolicy, parseNetworks } from '../../src/http/address.ts';
import { createGuard, guardedLookup, resolveAndJudge } from '../../src/http/guard.ts';
import type { ResolveName } from '../../src/http/resolve.ts';

const strict: AddressPolicy = { allowNetworks: [], allowHttp: false };
const loopback4: AddressPolicy = { allowNetworks: parseNetworks('127.0.0.0/8'), allowHttp: true };

function resolvesTo(...addresses: string[]): ResolveName {
  return async () => addresses;
}

const unresolved: ResolveName = async () => {
  throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
};

test('a name is allowed when every address it has now is public', async () => {
  const resolve = resolvesTo('93.184.215.14', '2606:2800:220:1::1');
  expect(await resolveAndJudge('https://example.com/', strict, resolve)).toBeUndefined();
});

test('a name with one private address among public ones is blocked', async () => {
  const resolve = resolvesTo('93.184.215.14', '10.0.0.7');
  expect(await resolveAndJudge('https://example.com/', strict, resolve)).toEqual({
    kind: 'blocked',
    detail: 'example.com leads to an address that deliveries may not reach.',
  });
});

test('localhost is allowed exactly when every address it resolves to is', async () => {
  const url = 'http://localhost:3000/';
  expect(await resolveAndJudge(url, loopback4, resolvesTo('127.0.0.1'))).toBeUndefined();
  expect(await resolveAndJudge(url, loopback4, resolvesTo('127.0.0.1', '::1'))).toMatchObject({
    kind: 'blocked',
  });
  expect(await resolveAndJudge(url, { ...strict, allowHttp: true })).toMatchObject({ kind: 'blocked' });
});

test('a name that does not resolve now is allowed, for it may exist later', async () => {
  expect(await resolveAndJudge('https://soon.example/', strict, unresolved)).toBeUndefined();
  expect(await resolveAndJudge('https://soon.example/', strict, resolvesTo())).toBeUndefined();
});

test('a literal address is judged without asking anybody', async () => {
  expect(await resolveAndJudge('https://10.0.0.1/', strict, unresolved)).toMatchObject({ kind: 'blocked' });
  expect(await resolveAndJudge('nonsense', strict, unresolved)).toMatchObject({ kind: 'malformed' });
});

test('a connection gets only addresses that were checked, in the shape that Node asks for', () => {
  const lookup = guardedLookup(createGuard(strict, resolvesTo('8.8.8.8', '2606:4700::1')));
  lookup('example.com', { all: true }, (error, addresses) => {
    expect(error).toBeNull();
    expect(addresses).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
  });
  lookup('example.com', {}, (error, address, family) => {
    expect([error, address, family]).toEqual([null, '8.8.8.8', 4]);
  });
  expect.assertions(3);
  return new Promise((resolve) => setImmediate(resolve));
});
