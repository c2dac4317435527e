import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { findKeyByHash, noteKeyUse } from '../db/api-keys.ts';
import { AppError, notFound } from '../domain/errors.ts';
import type { Caller } from './caller.ts';
import type { ApiDeps } from './deps.ts';
import type { Access } from './route.ts';

/** Names the caller of a request. @throws {AppError} 401 */
export type Authenticate = (request: Request) => Promise<Caller>;

export function hashOfKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/**
 * Bearer keys only: never from the URL, a cookie or a body. Keys are compared by their hashes, so the time of an
 * answer tells nothing of how much of a key was right, and every wrong key takes the same way.
 */
export function createAuthenticate({ pool, logger, settings }: ApiDeps): Authenticate {
  const operatorHash = hashOfKey(settings.operatorKey);
  return async (request) => {
    const [, key] = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (key === undefined) {
      throw unauthorized('Send your API key in the header Authorization: Bearer <key>.');
    }
    const hash = hashOfKey(key);
    if (timingSafeEqual(hash, operatorHash)) return { kind: 'operator' };
    const found = await findKeyByHash(pool, hash);
    if (!found) throw unauthorized('This API key is not known, or was revoked, or has expired.');
    if (found.useIsStale) {
      noteKeyUse(pool, found.id).catch((error) =>
        logger.warn({ keyId: found.id, err: error }, 'could not note the use of a key'),
      );
    }
    return { kind: 'account', keyId: found.id, accountId: found.accountId, scopes: found.scopes };
  };
}

/**
 * Lets a caller pass or not.
 *
 * @param account the account of the path, where there is one: another one's is not found, so that keys cannot
 *   learn which accounts there are
 * @throws {AppError} 403, 404
 */
export function authorize(caller: Caller, access: Access, account: string | undefined): void {
  if (caller.kind === 'operator') return;
  if (account !== undefined && account !== caller.accountId) throw notFound('account', account);
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
