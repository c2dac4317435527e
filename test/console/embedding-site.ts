import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * Somebody else’s pages, each with one frame, on a port of their own. The product is at `localhost`, so to browsers those at
 * `127.0.0.1` are of another site, and those at `localhost` of another origin of the same.
 */
export async function embeddingSite(
  host: 'localhost' | '127.0.0.1' = '127.0.0.1',
): Promise<{ origin: string; pageWith(url: string): string }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://site').searchParams.get('frame') ?? '';
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>A shop</title><iframe title="Webhooks" width="1100" height="700" src="${url}"></iframe>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return { origin, pageWith: (url) => `${origin}/?frame=${encodeURIComponent(url)}` };
}
