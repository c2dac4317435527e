import { randomBytes } from 'node:crypto';
import type { Response } from 'express';

/** Stands in the built page where the nonce of an answer goes. */
const NONCE = '__CSP_NONCE__';

/** Who may do more with the page than usual: show it in a frame, or show it an image. Origins. */
export interface PageOpenings {
  framedBy?: readonly string[];
  imagesFrom?: readonly string[];
}

/** Style elements that the component library makes while it runs carry the nonce; everything else comes from here. */
function contentSecurityPolicy(nonce: string, { framedBy = [], imagesFrom = [] }: PageOpenings): string {
  const framing = framedBy.length > 0 ? framedBy.join(' ') : "'none'";
  const images = ["'self'", 'data:', ...imagesFrom].join(' ');
  return (
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; ` +
    `img-src ${images}; font-src 'self'; frame-ancestors ${framing}; base-uri 'none'; form-action 'none'`
  );
}

/** Answers with the console's page. @param page as it was built */
export function sendPage(response: Response, page: string, openings: PageOpenings = {}): void {
  const nonce = randomBytes(16).toString('base64');
  // It knows no list of origins, and would forbid them.
  if (openings.framedBy?.length) response.removeHeader('X-Frame-Options');
  response
    .type('html')
    .set({
      'Content-Security-Policy': contentSecurityPolicy(nonce, openings),
      'Cache-Control': 'no-store',
    })
    .send(page.replaceAll(NONCE, nonce));
}
