import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { findKeyByHash, noteKeyUse } from '../db/api-keys.ts';
import { findPortalLinkByHash } from '../db/portal-links.ts';
import { AppError, notFound } from '../domain/errors.ts';
import type { Caller } from './caller.ts';
import type { AppDeps } from './deps.ts';
import { createGuessLimit } from './rate-limit.ts';
import type { Route } from './route.ts';

/** Names the caller of a request. @throws {AppError} 401, 429 */
export type Authenticate = (request: Request, response: Response) => Promise<Caller>;

/** What tokens of portal links begin with, and API keys do not. */
export const PORTAL_TOKEN = 'ph_portal_';

export function hashOfKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/**
 * Bearer keys only: never from the URL, a cookie or a body. Keys are compared by their hashes, so the time of an
 * answer tells nothing of how much of a key was right, and every wrong key takes the same way.
 */
export function createAuthenticate({
  pool,
  logger,
  settings,
}: Pick<AppDeps, 'pool' | 'logger' | 'settings'>): Authenticate {
  const operatorHash = hashOfKey(settings.operatorKey);
  const guesses = createGuessLimit();

  async function portalCallerWith(hash: Buffer): Promise<Caller | undefined> {
    const found = await findPortalLinkByHash(pool, hash);
    if (!found) return undefined;
    const { id, ...link } = found;
    return { kind: 'portal', keyId: id, ...link };
  }

  async function accountCallerWith(hash: Buffer): Promise<Caller | undefined> {
    const found = await findKeyByHash(pool, hash);
    if (!found) return undefined;
    const { id, accountId, scopes, expiresAt, useIsStale } = found;
    if (useIsStale) {
      noteKeyUse(pool, id).catch((error) =>
        logger.warn({ keyId: id, err: error }, 'could not note the use of a key'),
      );
    }
    return { kind: 'account', keyId: id, accountId, scopes, expiresAt };
  }

  return async (request, response) => {
    const [, key] = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(request.headers.authorization ?? '') ?? [];
    const hash = hashOfKey(key ?? '');
    // Before all limits, and without the database: strangers at the operator's address must not shut the operator out.
    if (timingSafeEqual(hash, operatorHash)) return { kind: 'operator' };
    const known = hash.toString('base64');
    const address = request.socket.remoteAddress;
    await guesses.check(address, known, response);
    const callerWith = key?.startsWith(PORTAL_TOKEN) ? portalCallerWith : accountCallerWith;
    const caller = key === undefined ? undefined : await callerWith(hash);
    if (caller) {
      guesses.passed(known);
      return caller;
    }
    await guesses.failed(address, known, response);
    throw unauthorized(
      key === undefined
        ? 'Send your API key in the header Authorization: Bearer <key>.'
        : 'This API key is not known, or was revoked, or has expired.',
    );
  };
}

/**
 * Lets a caller pass or not.
 *
 * @param account the account of the path, where there is one: another one's is not found, so that keys cannot
 *   learn which accounts there are
 * @throws {AppError} 403, 404
 */
export function authorize(
  caller: Caller,
  { access, portal }: Pick<Route, 'access' | 'portal'>,
  account: string | undefined,
): void {
  if (caller.kind === 'operator') return;
  if (account !== undefined && account !== caller.accountId) throw notFound('account', account);
  if (caller.kind === 'portal' && !portal) {
    throw new AppError(403, 'forbidden', 'A portal link may not do this.');
  }
  if (access === 'operator') {
    throw new AppError(403, 'forbidden', 'Only the operator key may do this.');
  }
  if (!caller.scopes.includes(access)) {
    throw new AppError(403, 'forbidden', `This API key lacks the scope "${access}".`);
  }
}

function unauthorized(detail: string): AppError {
  return new AppError(401, 'unauthorized', detail);
}
