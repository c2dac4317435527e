import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedApi, serveApi } from './served-api.ts';

const temporalUi = { url: 'https://temporal.example', namespace: 'shops' };

let served: ServedApi;

beforeAll(async () => {
  served = await serveApi({ temporalUi });
  await served.api.call('PUT', '/v1/accounts/acme');
});
afterAll(() => served.stop());

const me = (key?: string) =>
  served.api.call('GET', '/v1/me', undefined, key === undefined ? {} : { authorization: `Bearer ${key}` });

test('the operator learns who it is, and where to look at workflows', async () => {
  expect(await me()).toMatchObject({ status: 200 });
  expect((await me()).body).toEqual({
    kind: 'operator',
    scopes: ['read', 'write'],
    version: 'test',
    inbox: true,
    temporalUi,
  });
});

test('an account’s key learns whose it is, what it may do and when it ends, and nothing of Temporal', async () => {
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const made = await served.api.call<{ key: string }>('POST', '/v1/accounts/acme/keys', {
    name: 'console',
    scopes: ['read'],
    expiresAt,
  });
  expect((await me(made.body.key)).body).toEqual({
    kind: 'account',
    account: 'acme',
    scopes: ['read'],
    expiresAt,
    version: 'test',
    inbox: true,
  });
  expect((await me(await served.keyOf('acme'))).body).not.toHaveProperty('expiresAt');
});

test('whoever has no key learns nothing', async () => {
  expect((await me('ph_nobody')).status).toBe(401);
  expect((await me(await served.keyOf('acme', ['write']))).status).toBe(403);
});
