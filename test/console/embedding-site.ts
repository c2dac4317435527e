import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A site of somebody else, at 127.0.0.1, whose every page has one frame. The product is at localhost: not the same site. */
export async function embeddingSite(): Promise<{ origin: string; pageWith(url: string): string }> {
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
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, pageWith: (url) => `${origin}/?frame=${encodeURIComponent(url)}` };
}
