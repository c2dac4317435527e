import { randomBytes } from 'node:crypto';
import { Router as createRouter, type RequestHandler, type Router } from 'express';
import { notFound } from '../domain/errors.ts';
import { type ConsoleFile, readConsole } from './console-files.ts';
import { named } from './request-log.ts';

/** Every path that the console's own router knows. What is not here stays a 404 of the API. */
const PAGES = ['/', '/sign-in', '/a/{*page}'];

/** Stands in the built page where the nonce of an answer goes. */
export const NONCE = '__CSP_NONCE__';

/** Style elements that the component library makes while it runs carry the nonce; everything else comes from here. */
const contentSecurityPolicy = (nonce: string) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; ` +
  "img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Posthaste</title></head>
<body>
<h1>Posthaste</h1>
<p>The console is not built here: run <code>npm run build</code> and start again.</p>
<p>The API is at <code>/v1</code>; <a href="/docs">its reference</a> is at /docs.</p>
</body>
</html>
`;

/** The console: one page for all of its paths, and the files that it loads. */
export function consoleRouter(folder: string | undefined): Router {
  const router = createRouter({ caseSensitive: true });
  const built = readConsole(folder);
  if (!built) {
    router.get('/', named('/'), (_request, response) => {
      response.type('html').set('Cache-Control', 'no-store').send(NOT_BUILT);
    });
    return router;
  }
  router.get(PAGES, named('/'), (_request, response) => {
    const nonce = randomBytes(16).toString('base64');
    response
      .type('html')
      .set({ 'Content-Security-Policy': contentSecurityPolicy(nonce), 'Cache-Control': 'no-store' })
      .send(built.page.replaceAll(NONCE, nonce));
  });
  router.get('/assets/:name', named('/assets/:name'), sendAsset(built.assets));
  return router;
}

/** Their names change with their content, so they are kept for good. */
function sendAsset(assets: ReadonlyMap<string, ConsoleFile>): RequestHandler<{ name: string }> {
  return (request, response) => {
    const { name } = request.params;
    const file = assets.get(name);
    if (!file) throw notFound('asset', name);
    response
      .type(name.slice(name.lastIndexOf('.')))
      .set({ 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' });
    const encoding = request.acceptsEncodings(['br', 'gzip', 'identity']);
    const packed = encoding === 'br' ? file.br : encoding === 'gzip' ? file.gzip : undefined;
    if (packed && encoding) response.set('Content-Encoding', encoding);
    response.send(packed ?? file.plain);
  };
}
