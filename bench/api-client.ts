import { Agent, request } from 'node:http';

/** Calls the API over connections that are kept alive, as many as there are requests at once. */
export interface ApiClient {
  /** @param body as it goes over the wire @throws Error unless the status is one of success */
  call<Answer>(method: string, path: string, body?: string): Promise<Answer>;
  close(): void;
}

export function createApiClient({ url, apiKey }: { url: string; apiKey: string }): ApiClient {
  const agent = new Agent({ keepAlive: true });
  const { hostname: host, port } = new URL(url);

  function exchange(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      };
      const outgoing = request({ agent, host, port, method, path, headers });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      outgoing.end(body);
    });
  }

  return {
    async call(method, path, body) {
      const { status, text } = await exchange(method, path, body);
      if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
      return JSON.parse(text);
    },
    close: () => agent.destroy(),
  };
}
