import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { builtConsole } from './built-console.ts';

let posthaste: Posthaste;
beforeAll(async () => {
  posthaste = await startPosthaste({ consolePath: await builtConsole() });
}, 120_000);
afterAll(() => posthaste?.stop());

const get = (path: string, headers: Record<string, string> = {}) => fetch(posthaste.url + path, { headers });
const assetsOf = (page: string) => [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);

test.each(['/', '/sign-in', '/a/acme', '/a/acme/endpoints/ep_1/edit'])('%s is the page', async (path) => {
  const response = await get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('a page runs only scripts from here, cannot be framed, and has a nonce that is used once', async () => {
  const nonces = new Set<string>();
  for (const response of [await get('/'), await get('/')]) {
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const [, nonce = ''] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(await response.text()).toContain(`<meta property="csp-nonce" nonce="${nonce}">`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
});

test('what the page loads is compressed as asked, and kept for good', async () => {
  const paths = assetsOf(await (await get('/')).text());
  expect(paths.some((path) => path.endsWith('.js'))).toBe(true);
  for (const path of paths) {
    const plain = await get(path, { 'accept-encoding': 'identity' });
    expect(plain.status).toBe(200);
    expect(plain.headers.get('cache-control')).toContain('immutable');
    expect(plain.headers.get('content-encoding')).toBeNull();
    if (path.endsWith('.svg')) continue;
    const text = await plain.text();
    for (const encoding of ['br', 'gzip']) {
      const packed = await get(path, { 'accept-encoding': encoding });
      expect(packed.headers.get('content-encoding')).toBe(encoding);
      expect(await packed.text()).toBe(text);
    }
  }
});

test.each(['/assets/none.js', '/assets/..%2fbuilt-from', '/nothing', '/v1/nothing', '/inbox/../built-from'])(
  '%s is not the page',
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/problem\+json/);
  },
);

test('what was at its place before stays there', async () => {
  expect(await (await get('/docs')).text()).toContain('swagger');
  expect((await get('/openapi.json')).headers.get('content-type')).toMatch(/json/);
});

test('a process without the built console says how to build it', async () => {
  const bare = await startPosthaste();
  try {
    const response = await fetch(bare.url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('npm run build');
  } finally {
    await bare.stop();
  }
});

test('a key learns what it is', async () => {
  const operator = await posthaste.api.call('GET', '/v1/me');
  expect(operator.body).toMatchObject({ kind: 'operator', scopes: ['read', 'write'], inbox: true });
  await posthaste.api.call('PUT', '/v1/accounts/acme', {});
  const made = await posthaste.api.call<{ key: string }>('POST', '/v1/accounts/acme/keys', {
    name: 'reader',
    scopes: ['read'],
  });
  const own = await posthaste.api.call('GET', '/v1/me', undefined, {
    authorization: `Bearer ${made.body.key}`,
  });
  expect(own.body).toMatchObject({ kind: 'account', account: 'acme', scopes: ['read'] });
});
