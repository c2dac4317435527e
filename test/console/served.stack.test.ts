import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { builtConsole } from './built-console.ts';

let posthaste: Posthaste;
beforeAll(async () => {
  posthaste = await startPosthaste({ consolePath: await builtConsole(), servesThisMachine: true });
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

/** Makes a portal link, and the path that its page is at. */
async function portal(body: object = {}): Promise<{ id: string; path: string }> {
  await posthaste.api.call('PUT', '/v1/accounts/acme', {});
  const made = await posthaste.api.call<{ id: string }>('POST', '/v1/accounts/acme/portal-links', body);
  expect(made.status).toBe(201);
  return { id: made.body.id, path: `/portal/${made.body.id}` };
}

test('a portal link’s page stands in frames of its origins alone, and shows pictures from the logo’s origin', async () => {
  const allowedOrigins = ['https://shop.example', 'http://localhost:5173'];
  const { path } = await portal({ allowedOrigins, logo: 'https://cdn.example:8443/a/logo.png' });
  for (const below of ['', '/', '/a/acme/endpoints/ep_1']) {
    const response = await get(path + below);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain('frame-ancestors https://shop.example http://localhost:5173;');
    expect(policy).toContain("img-src 'self' data: https://cdn.example:8443;");
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(response.headers.get('x-frame-options')).toBeNull();
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toContain('<script type="module"');
  }
  const bare = await get((await portal()).path);
  expect(bare.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(bare.headers.get('content-security-policy')).not.toContain('http');
  expect(bare.headers.get('x-frame-options')).toBe('DENY');
});

test('a portal link that has ended and one that never was have the same page, which any page may frame', async () => {
  const { id, path } = await portal({ allowedOrigins: ['https://shop.example'] });
  await posthaste.api.call('DELETE', `/v1/accounts/acme/portal-links/${id}`);
  const paths = [path, `${path}/a/acme`, '/portal/portal_0', '/portal/%00', `/portal/${'x'.repeat(300)}`];
  const answers = await Promise.all(
    paths.map(async (one) => {
      const response = await get(one);
      const headers = [...response.headers].filter(([name]) => !/^(?:date|x-request-id)$/.test(name));
      return { status: response.status, headers, text: await response.text() };
    }),
  );
  expect(answers[0]).toMatchObject({ status: 404, text: expect.stringContaining('This link has ended') });
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(JSON.stringify(answers[0]?.headers)).not.toMatch(/frame-ancestors|x-frame-options/);
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
