import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import { findEndpointSecrets, rotateSecret } from '../db/endpoints.ts';
import { inTransaction } from '../db/pool.ts';
import type { ProfileName } from '../domain/delivery.ts';
import { notFound } from '../domain/errors.ts';
import { profileOf } from '../profiles/registry.ts';
import { newSecret } from '../profiles/secret.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams, timestamp } from './contracts.ts';
import { audit, changing } from './endpoint-change.ts';
import { secret } from './endpoint-contract.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

/** How long the secret before stays valid unless said otherwise, in seconds. */
const DEFAULT_OVERLAP_S = 86_400;
const LONGEST_OVERLAP_S = 604_800;

const secretSchema = z
  .object({
    secret: z.string(),
    previousSecretExpiresAt: timestamp
      .optional()
      .describe('Until when `webhook-signature` also carries the signature of the secret before.'),
  })
  .meta({ id: 'EndpointSecret' });

function toSecret(plain: string, previousExpiresAt: Date | null): z.infer<typeof secretSchema> {
  return {
    secret: plain,
    ...(previousExpiresAt && { previousSecretExpiresAt: previousExpiresAt.toISOString() }),
  };
}

/** @throws {AppError} 400 when a secret that a user brings cannot be used with the profile */
export function refuseBadSecret(profile: ProfileName, plain: string): void {
  const fault = profileOf(profile).secretFault(plain);
  if (fault !== undefined) throw invalidRequest([{ pointer: '/secret', detail: fault }]);
}

export const secretRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/endpoints/:id/secret',
    operationId: 'getEndpointSecret',
    tag: 'Endpoints',
    summary: 'Read the secret',
    description: 'Needs the scope `write`: whoever knows the secret can sign. Stands in the audit log.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 200: { description: 'The secret in force.', schema: secretSchema } },
    async handle({ params, caller, deps }) {
      const row = await inTransaction(deps.pool, async (db) => {
        const found = await findEndpointSecrets(db, params.account, params.id);
        if (!found) throw notFound('endpoint', params.id);
        await writeAudit(db, {
          accountId: params.account,
          actor: actorOf(caller),
          action: 'endpoint.secret_read',
          target: params.id,
        });
        return found;
      });
      return {
        status: 200,
        body: toSecret(deps.vault.open(row.secret_sealed), row.previous_secret_expires_at),
      };
    },
  }),
  route({
    method: 'post',
    path: '/v1/accounts/:account/endpoints/:id/secret/rotate',
    operationId: 'rotateEndpointSecret',
    tag: 'Endpoints',
    summary: 'Change the secret',
    description:
      'During the overlap `webhook-signature` carries a signature of each secret; the own header of a profile carries the newest one.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    body: z
      .strictObject({
        secret: secret.optional(),
        overlapSeconds: z
          .int()
          .min(0, 'At least 0.')
          .max(LONGEST_OVERLAP_S, `At most ${LONGEST_OVERLAP_S} (7 days).`)
          .default(DEFAULT_OVERLAP_S)
          .describe('How long the secret before stays valid, in seconds; 0 ends it at once.'),
      })
      .prefault({}),
    answers: { 200: { description: 'The new secret.', schema: secretSchema } },
    async handle({ params, body, caller, deps }) {
      const plain = body.secret ?? newSecret();
      const expiresAt = await changing(deps.pool, params, async (row, db) => {
        refuseBadSecret(row.profile, plain);
        await audit(db, caller, row, 'secret_rotated', { overlapSeconds: body.overlapSeconds });
        return rotateSecret(db, row.id, deps.vault.seal(plain), body.overlapSeconds);
      });
      return { status: 200, body: toSecret(plain, expiresAt) };
    },
  }),
];
