import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
import { FAILURES_PER_S, KEYS_AT_FULL_RATE } from '../../src/api/rate-limit.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

const PER_SECOND = 3;

let served: ServedApi;
/** As many as come at once when a second's worth and the burst are there. */
const AT_ONCE = PER_SECOND * 2;

beforeAll(async () => {
  served = await serveApi({ rateLimit: PER_SECOND });
  await served.api.call('PUT', '/v1/accounts/acme');
});
afterAll(() => served.stop());

const get = (key: string, path = '/v1/accounts/acme', url = served.url) =>
  fetch(url + path, { headers: { authorization: `Bearer ${key}` } });

test('a key may make so many requests a second, and once as many more; then it is told when to come again', async () => {
  const key = await served.keyOf('acme');
  const answers = await Promise.all(Array.from({ length: AT_ONCE + 4 }, () => get(key)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(AT_ONCE);
  expect(refused).toHaveLength(4);
  for (const { headers } of refused) {
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('ratelimit-policy')).toBe(
      `"key";q=${PER_SECOND};w=1, "account";q=${PER_SECOND * KEYS_AT_FULL_RATE};w=1`,
    );
    expect(headers.get('ratelimit')).toMatch(/^"key";r=0;t=1$/);
  }
  const [first] = refused;
  expect(first?.headers.get('content-type')).toContain('application/problem+json');
  expect((await first?.json()) as Problem).toMatchObject({ status: 429, code: 'rate_limited' });
  await waitUntil(
    async () => (await get(key)).status,
    (status) => status === 200,
  );
});

test('one key does not use up another’s, and the operator’s own backend is not limited', async () => {
  const [one, other] = [await served.keyOf('acme'), await served.keyOf('acme')];
  await Promise.all(Array.from({ length: AT_ONCE + 1 }, () => get(one)));
  expect((await get(one)).status).toBe(429);
  expect((await get(other)).status).toBe(200);
  const operator = await Promise.all(
    Array.from({ length: AT_ONCE * 4 }, () => served.api.call('GET', '/v1/accounts/acme')),
  );
  expect(new Set(operator.map(({ status }) => status))).toEqual(new Set([200]));
});

test('more keys do not make an account’s share larger, nor another account’s smaller', async () => {
  await served.api.call('PUT', '/v1/accounts/many-keys');
  await served.api.call('PUT', '/v1/accounts/other');
  const other = await served.keyOf('other');
  // In the second in which this begins and in those that it goes on into, should the machine be slow.
  const { accepted, refused, seconds, otherAnswer } = await (async () => {
    const keys = await Promise.all(Array.from({ length: 24 }, () => served.keyOf('many-keys')));
    const begun = performance.now();
    const answers = await Promise.all(
      keys.flatMap((key) => Array.from({ length: PER_SECOND }, () => get(key, '/v1/accounts/many-keys'))),
    );
    return {
      accepted: answers.filter(({ status }) => status === 200),
      refused: answers.filter(({ status }) => status === 429),
      seconds: 1 + Math.ceil((performance.now() - begun) / 1000),
      otherAnswer: await get(other, '/v1/accounts/other'),
    };
  })();
  const ofAccount = PER_SECOND * KEYS_AT_FULL_RATE;
  expect(accepted.length).toBeLessThanOrEqual(ofAccount * (seconds + 1));
  expect(accepted.length).toBeGreaterThanOrEqual(ofAccount);
  expect(refused.length).toBe(24 * PER_SECOND - accepted.length);
  expect(refused[0]?.headers.get('ratelimit')).toMatch(/^"account";r=0;t=1$/);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(otherAnswer.status).toBe(200);
});

test('a batch counts as one request', async () => {
  const key = await served.keyOf('acme');
  const events = Array.from({ length: AT_ONCE * 2 }, () => ({ event: 'my.type', data: {} }));
  const { status, body } = await served.api.call<{ results: { status: number }[] }>(
    'POST',
    '/v1/accounts/acme/events/batch',
    { events },
    { authorization: `Bearer ${key}` },
  );
  expect(status).toBe(207);
  expect(body.results.every((result) => result.status === 202)).toBe(true);
});

test('keys cannot be guessed at speed; health is asked freely, and keys that were let in go on', async () => {
  const known = await served.keyOf('acme');
  expect((await get(known)).status).toBe(200);
  const shutOut = await waitUntil(
    async () => {
      const fresh = await served.keyOf('acme');
      const guesses = await Promise.all(
        Array.from({ length: FAILURES_PER_S * 3 }, (_, n) => get(`guess_${n}`)),
      );
      const after = await Promise.all([
        get(fresh),
        get(known),
        fetch(`${served.url}/healthz`),
        served.api.call('GET', '/v1/accounts/acme'),
      ]);
      return { fresh, statuses: guesses.map(({ status }) => status), after };
    },
    // On a machine that is too slow for it the second is over meanwhile, and the key let in.
    ({ after: [freshAnswer] }) => freshAnswer.status === 429,
  );
  expect(shutOut.statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(FAILURES_PER_S * 2);
  expect(shutOut.statuses).toContain(429);
  const [freshAnswer, knownAnswer, health, operator] = shutOut.after;
  expect(freshAnswer.headers.get('retry-after')).toBe('1');
  expect([knownAnswer.status, health.status, operator.status]).toEqual([200, 200, 200]);
  await waitUntil(
    async () => (await get(shutOut.fresh)).status,
    (status) => status === 200,
  );
});

test('strangers do not shut out an operator whom this process has not seen yet', async () => {
  const fresh = await serveApi();
  try {
    const shutOut = await waitUntil(
      async () => {
        const guesses = await Promise.all(
          Array.from({ length: FAILURES_PER_S * 3 }, (_, n) => get(`guess_${n}`, '/v1/accounts', fresh.url)),
        );
        return [
          ...guesses.map(({ status }) => status),
          (await get('guess', '/v1/accounts', fresh.url)).status,
        ];
      },
      (statuses) => statuses.at(-1) === 429,
    );
    expect(shutOut).toContain(429);
    expect((await fresh.api.call('GET', '/v1/accounts')).status).toBe(200);
  } finally {
    await fresh.stop();
  }
});

test('without a limit there is none', async () => {
  const free = await serveApi();
  try {
    await free.api.call('PUT', '/v1/accounts/acme');
    const key = await free.keyOf('acme');
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE * 4 }, () => get(key, '/v1/accounts/acme', free.url)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  } finally {
    await free.stop();
  }
});
