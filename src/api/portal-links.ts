import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { lockAccount } from '../db/accounts.ts';
import { writeAudit } from '../db/audit.ts';
import { inTransaction } from '../db/pool.ts';
import {
  countPortalLinks,
  endPortalLink,
  insertPortalLink,
  listPortalLinks,
  type PortalLinkRow,
} from '../db/portal-links.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { hashOfKey, PORTAL_TOKEN } from './auth.ts';
import { actorOf, refuseMoreThanOwn } from './caller.ts';
import { accountAndIdParams, accountParams } from './contracts.ts';
import { pageQuery, pageRequest, pageSchema, toPage } from './page.ts';
import { newPortalLink, newPortalLinkSchema, portalLinkSchema } from './portal-contract.ts';
import { type Route, route } from './route.ts';

/** Most links of one account that have not ended. */
export const MOST_PORTAL_LINKS = 1000;

function toPortalLink(account: string, row: PortalLinkRow): z.infer<typeof portalLinkSchema> {
  return {
    id: row.id,
    account,
    scopes: row.scopes,
    ...(row.name !== null && { name: row.name }),
    ...(row.color !== null && { color: row.color }),
    allowedOrigins: row.allowed_origins,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

export const portalLinkRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/portal-links',
    operationId: 'createPortalLink',
    tag: 'Portal links',
    summary: 'Make a link that opens the console for this account alone',
    description:
      'For a merchant who has no key. The token is in the part of the URL after `#`, which browsers send to nobody; the ' +
      'page takes it out of the address bar. It is a key of the account that ends with the link, and reaches neither keys, ' +
      'portal links, the account’s settings nor the audit log. An account key can only give scopes that it has itself, ' +
      `and for no longer than it lasts. An account has at most ${MOST_PORTAL_LINKS} links that have not ended.`,
    access: 'write',
    params: accountParams,
    body: newPortalLink,
    answers: { 201: { description: 'The link, shown once.', schema: newPortalLinkSchema } },
    async handle({ params: { account }, body, caller, deps }) {
      const publicUrl = deps.settings.publicUrl?.();
      if (publicUrl === undefined) {
        const detail = 'A link needs an address that people reach: set POSTHASTE_PUBLIC_URL.';
        throw new AppError(422, 'public_url_not_set', detail);
      }
      const { expiresIn, ...given } = body;
      const token = `${PORTAL_TOKEN}${randomBytes(32).toString('base64url')}`;
      const row = await inTransaction(deps.pool, async (db) => {
        await lockAccount(db, account);
        const { live, now } = await countPortalLinks(db, account);
        const expiresAt = new Date(now.getTime() + expiresIn * 1000);
        const { scopes } = given;
        refuseMoreThanOwn(caller, { what: 'portal link', scopes, expiresAt, pointer: '/expiresIn' });
        if (live >= MOST_PORTAL_LINKS) {
          const detail = `An account has at most ${MOST_PORTAL_LINKS} portal links; end one that is not needed.`;
          throw new AppError(422, 'too_many_portal_links', detail);
        }
        const { name, color, logo, allowedOrigins } = given;
        const look = { name, color, logo, allowedOrigins };
        const hash = hashOfKey(token);
        const made = await insertPortalLink(db, { accountId: account, hash, scopes, expiresAt, ...look });
        await writeAudit(db, {
          accountId: account,
          actor: actorOf(caller),
          action: 'portal_link.created',
          target: made.id,
          details: { name: made.name, scopes, expiresAt, allowedOrigins },
        });
        return made;
      });
      const url = `${publicUrl}/portal/${row.id}#${token}`;
      return { status: 201, body: { ...toPortalLink(account, row), url } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/accounts/:account/portal-links',
    operationId: 'listPortalLinks',
    tag: 'Portal links',
    summary: 'List the portal links of the account, newest first',
    description: 'Links that have ended are not listed.',
    access: 'read',
    params: accountParams,
    query: z.strictObject(pageQuery),
    answers: {
      200: { description: 'A page of links, without what opens them.', schema: pageSchema(portalLinkSchema) },
    },
    async handle({ params: { account }, query, deps }) {
      const rows = await listPortalLinks(deps.pool, account, pageRequest('portal-links', query));
      const at = ({ cursor_at, id }: PortalLinkRow) => ({ at: cursor_at, id });
      const page = toPage('portal-links', query, rows, at, (row) => toPortalLink(account, row));
      return { status: 200, body: page };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/accounts/:account/portal-links/:id',
    operationId: 'endPortalLink',
    tag: 'Portal links',
    summary: 'End a portal link',
    description: 'At once: whoever has it open is told so at the next click.',
    access: 'write',
    params: accountAndIdParams,
    answers: { 204: { description: 'It has ended.', schema: null } },
    async handle({ params: { account, id }, caller, deps }) {
      await inTransaction(deps.pool, async (db) => {
        if (!(await endPortalLink(db, account, id))) throw notFound('portal link', id);
        await writeAudit(db, {
          accountId: account,
          actor: actorOf(caller),
          action: 'portal_link.ended',
          target: id,
        });
      });
      return { status: 204 };
    },
  }),
];
