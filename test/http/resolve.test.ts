import { expect, test, vi } from 'vitest';
import { systemResolver } from '../../src/http/resolve.ts';

const coded = (code: string) => Object.assign(new Error(code), { code });
/** As `getaddrinfo` for a name whose servers hang. */
const hangs = () => new Promise<string[]>(() => undefined);

test('the operating system is asked, hosts file included', async () => {
  expect(await systemResolver()('localhost')).toContain('127.0.0.1');
});

test('overlapping lookups of a name are one, and the next one asks again', async () => {
  const asSystem = vi.fn(async () => ['192.0.2.1']);
  const resolve = systemResolver(asSystem, hangs);
  expect(await Promise.all([resolve('a.example'), resolve('a.example')])).toEqual([
    ['192.0.2.1'],
    ['192.0.2.1'],
  ]);
  expect(asSystem).toHaveBeenCalledTimes(1);
  await resolve('a.example');
  expect(asSystem).toHaveBeenCalledTimes(2);
});

test('any number of names that hang hold up no other', async () => {
  const direct = vi.fn(async (name: string) => (name.startsWith('hangs') ? hangs() : ['192.0.2.2']));
  const asSystem = vi.fn(hangs);
  const resolve = systemResolver(asSystem, direct);
  for (let n = 0; n < 100; n++) void resolve(`hangs-${n}.example`);
  expect(await resolve('quick.example')).toEqual(['192.0.2.2']);
  expect(asSystem.mock.calls.length).toBeLessThanOrEqual(2);
});

test('a name that only the operating system knows is found there, however full it is', async () => {
  const asSystem = (name: string) => (name === 'in.hosts' ? Promise.resolve(['192.0.2.3']) : hangs());
  const resolve = systemResolver(asSystem, () => Promise.reject(coded('ENOTFOUND')));
  for (const name of ['a.example', 'b.example']) void resolve(name);
  expect(await resolve('in.hosts')).toEqual(['192.0.2.3']);
});

test('a server that fails is not asked again through the operating system', async () => {
  const asSystem = vi.fn(hangs);
  const resolve = systemResolver(asSystem, () => Promise.reject(coded('ETIMEOUT')));
  for (const name of ['a.example', 'b.example']) void resolve(name);
  await expect(resolve('c.example')).rejects.toThrow('ETIMEOUT');
  expect(asSystem).toHaveBeenCalledTimes(2);
});
