import { z } from 'zod';
import { findPortalLook } from '../db/portal-links.ts';
import type { Caller } from './caller.ts';
import { accountId, timestamp } from './contracts.ts';
import type { ApiDeps } from './deps.ts';
import { portalLookSchema } from './portal-contract.ts';
import { type Route, route } from './route.ts';

const meSchema = z
  .object({
    kind: z
      .enum(['operator', 'account'])
      .describe('Whose key it is: the operator’s, or one of an account’s keys.'),
    account: accountId.optional().describe('The account that the key belongs to.'),
    scopes: z.array(z.enum(['read', 'write'])),
    expiresAt: timestamp.optional().describe('When the key ends; absent when it does not.'),
    portal: portalLookSchema
      .optional()
      .describe('The portal link that the key came with, and how its pages look.'),
    version: z.string().describe('Of this server.'),
    inbox: z.boolean().describe('Whether the built-in receiver is served under `/inbox/{name}`.'),
    temporalUi: z
      .object({ url: z.string(), namespace: z.string() })
      .optional()
      .describe('Temporal’s Web UI, where its address is known; for the operator only.'),
  })
  .meta({ id: 'Me' });

export const meRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/me',
    operationId: 'getMe',
    tag: 'Keys',
    summary: 'Read who calls, and what is served',
    access: 'read',
    portal: true,
    answers: { 200: { description: 'What the key is and may do.', schema: meSchema } },
    async handle({ caller, deps }) {
      const { version, inbox, temporalUi } = deps.settings;
      const body: z.infer<typeof meSchema> = {
        ...whoIs(caller),
        version,
        inbox,
        ...(caller.kind === 'operator' && temporalUi && { temporalUi }),
        ...(caller.kind === 'portal' && { portal: await portalOf(caller.keyId, deps) }),
      };
      return { status: 200, body };
    },
  }),
];

function whoIs(caller: Caller): Pick<z.infer<typeof meSchema>, 'kind' | 'account' | 'scopes' | 'expiresAt'> {
  if (caller.kind === 'operator') return { kind: 'operator', scopes: ['read', 'write'] };
  const { accountId: account, scopes, expiresAt } = caller;
  return {
    kind: 'account',
    account,
    scopes: [...scopes],
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  };
}

async function portalOf(
  id: string,
  { pool }: Pick<ApiDeps, 'pool'>,
): Promise<z.infer<typeof portalLookSchema>> {
  const { name, color, logo } = (await findPortalLook(pool, id)) ?? {};
  return { id, ...(name && { name }), ...(color && { color }), ...(logo && { logo }) };
}
