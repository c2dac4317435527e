import { Router as createRouter, type RequestHandler, type Router } from 'express';
import type { Database } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { type ConsoleFile, readConsole } from './console-files.ts';
import { sendPage } from './console-page.ts';
import { PORTAL_PAGES, portalPage } from './portal-page.ts';
import { named } from './request-log.ts';

/** Every path that the console's own router knows. What is not here stays a 404 of the API. */
const PAGES = ['/', '/sign-in', '/a/{*page}'];

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
export function consoleRouter(folder: string | undefined, pool: Database): Router {
  const router = createRouter({ caseSensitive: true });
  const built = readConsole(folder);
  if (!built) {
    router.get('/', named('/'), (_request, response) => {
      response.type('html').set('Cache-Control', 'no-store').send(NOT_BUILT);
    });
    return router;
  }
  router.get(PAGES, named('/'), (_request, response) => sendPage(response, built.page));
  router.get(PORTAL_PAGES, named('/portal/:id'), portalPage(pool, built.page));
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
