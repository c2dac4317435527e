import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Database } from '../db/pool.ts';
import { findPortalLook } from '../db/portal-links.ts';
import { sendPage } from './console-page.ts';

/** The page and all pages below it, so that one that is loaded again keeps what it may do. */
export const PORTAL_PAGES = ['/portal/:id', '/portal/:id/{*page}'];

/** As the database makes them. */
const LINK_ID = /^portal_[0-9a-f]{32}$/;

const STYLE = 'body{font:16px/1.5 system-ui,sans-serif;margin:80px 16px;text-align:center}h1{font-size:24px}';

const ENDED_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'";

const ENDED = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>This link has ended</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>This link has ended</h1>
<p>Open it again from where you came.</p>
</main>
</body>
</html>
`;

/**
 * The console's page for a portal link, which the link's origins may show in frames. The token is not in what the
 * browser asks for, so this looks at the id alone; a link that has ended and one that never was answer the same. That
 * page may stand in any frame, for there is nothing to click, and where the link's page stood nobody knows any more.
 *
 * @param page as it was built
 */
export function portalPage(pool: Database, page: string): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id } = request.params;
    const look = LINK_ID.test(id) ? await findPortalLook(pool, id) : undefined;
    if (!look) {
      response.removeHeader('X-Frame-Options');
      response
        .status(404)
        .type('html')
        .set({ 'Content-Security-Policy': ENDED_POLICY, 'Cache-Control': 'no-store' })
        .send(ENDED);
      return;
    }
    const { allowedOrigins: framedBy, logo } = look;
    const imagesFrom = logo?.startsWith('https:') ? [new URL(logo).origin] : [];
    sendPage(response, page, { framedBy, imagesFrom });
  };
}
