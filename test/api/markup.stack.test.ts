import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedApi, serveApi } from './served-api.ts';

const MARKUP = '<!--<script><img src=x onerror=alert(1)>\u2028"';

let served: ServedApi;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());

test('markup in what a tenant names is given out as JSON, which no browser takes for a page', async () => {
  const account = '/v1/accounts/acme';
  const endpoint = { url: 'https://a.test/<b>', profile: 'standard', events: ['*'], description: MARKUP };
  const answers = [
    await served.api.call('PUT', account, { name: MARKUP }),
    await served.api.call('POST', `${account}/endpoints`, endpoint),
    await served.api.call('PUT', `${account}/event-types/my.type`, { description: MARKUP }),
    await served.api.call('POST', `${account}/keys`, { name: MARKUP, scopes: ['read'] }),
    await served.api.call('GET', account),
    await served.api.call('GET', `${account}/endpoints`),
    await served.api.call('GET', `${account}/event-types`),
    await served.api.call('GET', `${account}/keys`),
    await served.api.call('GET', `${account}/events/${encodeURIComponent(MARKUP)}`),
    await served.api.call('POST', `${account}/endpoints`, { [MARKUP]: MARKUP }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 201, 200, 200, 200, 200, 404, 400]);
  for (const { headers, body } of answers) {
    expect(JSON.stringify(body)).toContain(JSON.stringify(MARKUP).slice(1, -1));
    expect(headers.get('content-type')).toMatch(/^application\/(?:problem\+)?json(?:;|$)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});
