import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './api.ts';
import { errorOf, unreachable } from './problem.ts';

export type PosthasteClient = Client<paths, 'application/json'>;

export interface ClientOptions {
  /** Where the API listens, without `/v1`. */
  url: string;
  /** The operator's key or one of an account; or who knows it, asked for each call that has no header of its own. */
  key: string | (() => string | null);
  /** Default: the global one. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of every call of the API, typed by its OpenAPI document: `client.GET('/v1/accounts/{account}', …)`.
 * A call that is not answered with a success throws a `PosthasteError`; see {@link dataOf}.
 */
export function createClient({ url, key, fetch }: ClientOptions): PosthasteClient {
  const client = createFetchClient<paths, 'application/json'>({
    baseUrl: url.replace(/\/+$/, ''),
    // As the API reads lists: `status=failed,cancelled`.
    querySerializer: { array: { style: 'form', explode: false } },
    ...(fetch && { fetch }),
  });
  const keyOf = typeof key === 'string' ? () => key : key;
  client.use({
    onRequest({ request }) {
      const now = keyOf();
      if (now && !request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${now}`);
    },
    async onResponse({ response }) {
      if (!response.ok) throw await errorOf(response);
    },
    onError: ({ error }) => unreachable(url, error),
  });
  return client;
}

/** What a call answered: `await dataOf(client.GET(…))`. */
export async function dataOf<T>(call: Promise<{ data?: T | undefined }>): Promise<T> {
  // One that failed has thrown, and one without a body has a T without one.
  return (await call).data as T;
}
