import { lockAccount } from '../db/accounts.ts';
import { countEndpoints } from '../db/endpoints.ts';
import type { Queryable } from '../db/pool.ts';
import type { ProfileName } from '../domain/delivery.ts';
import { AppError, type FieldError } from '../domain/errors.ts';
import { CATALOGUE } from '../profiles/catalogue/index.ts';
import type { ApiDeps } from './deps.ts';
import { invalidRequest } from './problem.ts';

/** Most endpoints of one account. */
export const MOST_ENDPOINTS = 100;

/**
 * Locks an account that is to get another endpoint.
 *
 * @param db in a transaction
 * @throws {AppError} 422 when it has as many as it may
 */
export async function refuseFullAccount(db: Queryable, account: string): Promise<void> {
  await lockAccount(db, account);
  if ((await countEndpoints(db, account)) < MOST_ENDPOINTS) return;
  const detail = `An account has at most ${MOST_ENDPOINTS} endpoints; delete one that is not needed.`;
  throw new AppError(422, 'too_many_endpoints', detail);
}

/** @throws {AppError} 400 when deliveries may not go to the URL */
export async function refuseBadUrl(deps: Pick<ApiDeps, 'judgeUrl'>, endpointUrl: string): Promise<void> {
  const fault = await deps.judgeUrl(endpointUrl);
  if (!fault) return;
  const code = fault.kind === 'blocked' ? 'address_not_allowed' : 'invalid_request';
  throw new AppError(400, code, `/url: ${fault.detail}`, [{ pointer: '/url', detail: fault.detail }]);
}

/** Endpoints of a product receive its own types only, so naming another would be a mistake. @throws {AppError} 400 */
export function refuseForeignTypes(profile: ProfileName, events: readonly string[]): void {
  if (profile === 'standard') return;
  const errors: FieldError[] = events.flatMap((pattern, index) =>
    pattern.endsWith('*') || CATALOGUE.get(pattern)?.profile === profile
      ? []
      : [
          {
            pointer: `/events/${index}`,
            detail: `"${pattern}" is not a type of ${profile}; GET /v1/event-types?profile=${profile} lists them.`,
          },
        ],
  );
  if (errors.length > 0) throw invalidRequest(errors);
}
