import { expect, test } from 'vitest';
import { createClient, dataOf, eachItem, PosthasteError } from '../../packages/client/src/index.ts';

const URL_OF_API = 'http://posthaste.test';
const path = { account: 'demo' };

/** A client whose requests are answered by `answer`, and the requests it made. */
function answeredBy(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const client = createClient({
    url: `${URL_OF_API}/`,
    key: 'ph_key',
    fetch: async (request) => {
      requests.push(request);
      return answer(request);
    },
  });
  return { client, requests };
}

const failureOf = (call: Promise<unknown>): Promise<PosthasteError> =>
  call.then(
    () => {
      throw new Error('it did not fail');
    },
    (error) => {
      if (error instanceof PosthasteError) return error;
      throw error;
    },
  );

test('a call carries the key, and gives what was answered', async () => {
  const { client, requests } = answeredBy(() => Response.json({ data: [], nextCursor: null }));
  const query = { status: ['failed', 'cancelled'], limit: 2 };
  const page = await dataOf(client.GET('/v1/accounts/{account}/deliveries', { params: { path, query } }));
  expect(page).toEqual({ data: [], nextCursor: null });
  expect(requests[0]?.url).toBe(`${URL_OF_API}/v1/accounts/demo/deliveries?status=failed,cancelled&limit=2`);
  expect(requests[0]?.headers.get('authorization')).toBe('Bearer ph_key');
});

test('a problem becomes one error with all that it tells', async () => {
  const errors = [{ pointer: '/url', detail: 'Required.' }];
  const problem = {
    type: 'about:blank',
    title: 'x',
    status: 400,
    code: 'invalid_request',
    detail: 'Bad.',
    errors,
  };
  const { client } = answeredBy(() => Response.json({ ...problem, requestId: 'req_1' }, { status: 400 }));
  const failure = await failureOf(client.GET('/v1/accounts/{account}', { params: { path } }));
  expect(failure).toMatchObject({ status: 400, code: 'invalid_request', detail: 'Bad.', errors });
  expect(failure.requestId).toBe('req_1');
  expect(failure.message).toBe('Bad.');
});

test("an answer that is not the API's is said to be somebody else's", async () => {
  const { client } = answeredBy(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  const failure = await failureOf(client.GET('/v1/accounts/{account}', { params: { path } }));
  expect(failure).toMatchObject({ status: 502, code: 'not_posthaste', errors: [] });
});

test('no answer is `unreachable`, with the reason', async () => {
  const { client } = answeredBy(() => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  });
  const failure = await failureOf(client.GET('/v1/accounts/{account}', { params: { path } }));
  expect(failure).toMatchObject({ status: 0, code: 'unreachable' });
  expect(failure.detail).toContain('ECONNREFUSED');
});

test('pages are fetched one by one, and only as far as they are read', async () => {
  const cursors: (string | undefined)[] = [];
  const pages = eachItem(async (cursor) => {
    cursors.push(cursor);
    const from = Number(cursor ?? 0);
    return { data: [from, from + 1], nextCursor: from < 4 ? String(from + 2) : null };
  });
  const read: number[] = [];
  for await (const item of pages) if (read.push(item) === 3) break;
  expect(read).toEqual([0, 1, 2]);
  expect(cursors).toEqual([undefined, '2']);

  const all: number[] = [];
  for await (const item of eachItem(async (cursor) => ({ data: [cursor], nextCursor: cursor ? null : 'x' })))
    all.push(String(item).length);
  expect(all).toEqual([9, 1]);
});
