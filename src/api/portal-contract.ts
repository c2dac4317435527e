import { z } from 'zod';
import { parsedUrl } from '../domain/parsed-url.ts';
import { accountId, resourceId, scopes, timestamp } from './contracts.ts';

/** How long a link works, in seconds. */
const SHORTEST_S = 60;
const LONGEST_S = 86_400;
const DEFAULT_S = 3600;

const LONGEST_LOGO_BYTES = 64 * 1024;
const LONGEST_LOGO_URL = 2048;
const MOST_ORIGINS = 10;

/** Letters, digits, `-` and dots alone: the host goes into a header as it is, where `;` or `,` would end a directive. */
const PLAIN_HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;
/** In an <img>, which is the only place for it, an SVG runs no script and loads nothing. */
const DATA_IMAGE = /^data:image\/(?:png|jpeg|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/;

export const color = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/, 'Expected a colour such as #0f766e.')
  .describe('Of buttons and links, as #rrggbb.')
  .meta({ example: '#0f766e' });

const logo = z
  .string()
  .max(LONGEST_LOGO_BYTES, `At most ${LONGEST_LOGO_BYTES} characters.`)
  .refine(
    (text) => DATA_IMAGE.test(text) || isLogoUrl(text),
    'Expected an https:// URL, or data:image/png;base64, image/jpeg or image/svg+xml with its bytes in base64.',
  )
  .describe(
    `Shown beside the name: an https:// URL of at most ${LONGEST_LOGO_URL} characters, or a data: URL of a PNG, JPEG or SVG.`,
  )
  .meta({ example: 'https://shop.example/logo.svg' });

const origin = z
  .string()
  .max(255, 'At most 255 characters.')
  .refine(
    isOrigin,
    'Expected an origin such as https://shop.example, without a path; http:// is for localhost and 127.0.0.1 alone.',
  )
  .meta({ example: 'https://shop.example' });

function isLogoUrl(text: string): boolean {
  const url = text.length > LONGEST_LOGO_URL ? undefined : parsedUrl(text);
  if (!url) return false;
  const { protocol, hostname, username, password } = url;
  return protocol === 'https:' && PLAIN_HOST.test(hostname) && username === '' && password === '';
}

function isOrigin(text: string): boolean {
  const url = parsedUrl(text);
  if (!url) return false;
  const { protocol, hostname, origin } = url;
  if (origin !== text || !PLAIN_HOST.test(hostname)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(host);
}

export const newPortalLink = z
  .strictObject({
    expiresIn: z
      .int()
      .min(SHORTEST_S, `At least ${SHORTEST_S} seconds.`)
      .max(LONGEST_S, `At most ${LONGEST_S} seconds, a day.`)
      .default(DEFAULT_S)
      .describe('Seconds that it works, from now on.'),
    scopes: scopes
      .refine((list) => list.includes('read'), 'A portal needs the scope "read".')
      .default(['read', 'write']),
    name: z
      .string()
      .min(1, 'Give it a name, or leave it out.')
      .max(100, 'At most 100 characters.')
      .optional()
      .describe('Stands where the name of Posthaste stands else.'),
    color: color.optional(),
    logo: logo.optional(),
    allowedOrigins: z
      .array(origin)
      .max(MOST_ORIGINS, `At most ${MOST_ORIGINS} origins.`)
      .default([])
      .describe('Whose pages may show it in a frame; none when absent.'),
  })
  .prefault({});

export const portalLinkSchema = z
  .object({
    id: resourceId,
    account: accountId,
    scopes,
    name: z.string().optional(),
    color: z.string().optional(),
    allowedOrigins: z.array(z.string()),
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({
    id: 'PortalLink',
    description: 'A link that has not ended. Its logo is shown in the portal alone.',
  });

export const newPortalLinkSchema = z
  .object({
    ...portalLinkSchema.shape,
    url: z.string().describe('Opens the portal for whoever has it. Shown in this answer only.'),
  })
  .meta({ id: 'NewPortalLink' });

/** What a portal's pages look like, as its token is told by `/v1/me`. */
export const portalLookSchema = z.object({
  id: resourceId,
  name: z.string().optional(),
  color: z.string().optional(),
  logo: z.string().optional(),
});
