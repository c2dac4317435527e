import type { ProfileName } from '../domain/delivery.ts';
import { AppError, type FieldError } from '../domain/errors.ts';
import { CATALOGUE } from '../profiles/catalogue/index.ts';
import type { ApiDeps } from './deps.ts';
import { invalidRequest } from './problem.ts';

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
