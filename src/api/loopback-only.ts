import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { AppError } from '../domain/errors.ts';
import { parsedUrl } from '../domain/parsed-url.ts';

/**
 * Answers only to names that a stranger's web page cannot have: after DNS rebinding, such a page reaches us under
 * its own name. Those are addresses of loopback or of the very connection, names without a dot (`localhost`, the
 * service of a compose file), names under `.localhost`, and the one that the API is configured to listen on.
 */
export function onlyOwnHosts(configured: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (isFromAnotherSite(request.headers))
      throw new AppError(403, 'forbidden', 'The inbox takes nothing from the pages of other sites.');
    const host = hostOf(request.headers.host);
    const own = request.socket.localAddress?.replace(/^::ffff:/, '');
    if (host !== undefined && (isOwnName(host) || host === own || host === configured?.toLowerCase()))
      return next();
    throw new AppError(403, 'forbidden', 'The inbox answers under the name localhost only.');
  };
}

/** Browsers say so; receivers of webhooks are never called by one. */
function isFromAnotherSite({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site' || site === 'same-site') return true;
  if (origin === undefined) return false;
  const url = parsedUrl(origin);
  return !url || !isOwnName(url.hostname.replace(/^\[|\]$/g, ''));
}

function isOwnName(host: string): boolean {
  if (isIP(host) !== 0) return host === '::1' || /^127\./.test(host);
  return !host.includes('.') || host.endsWith('.localhost');
}

/** The host of the header, without port and brackets; undefined when there is none or it is malformed. */
function hostOf(header = ''): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::\d{1,5})?$/i.exec(header) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}
