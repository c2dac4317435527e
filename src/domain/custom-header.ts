/** Which headers an endpoint may have sent along with its deliveries. */

/** Most headers that an endpoint may ask for. */
export const MOST_HEADERS = 20;
/** Longest value of one, in characters. */
export const LONGEST_HEADER_VALUE = 1024;

/** A field name is a token (RFC 9110 §5.6.2). */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
/** Visible ASCII and Latin-1, with single spaces and tabs between (RFC 9110 §5.5). */
export const FIELD_VALUE = /^[\x21-\x7e\xa0-\xff]+(?:[ \t]+[\x21-\x7e\xa0-\xff]+)*$/;

/** What we set, what belongs to one connection (RFC 9110 §7.6.1), and what would change how a body is read. */
const RESERVED = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'user-agent',
  'date',
  'expect',
  'accept-encoding',
  'x-selgora-signature',
  'x-selz-signature',
]);
const RESERVED_PREFIXES = ['content-', 'webhook-', 'posthaste-', 'proxy-'];

/** Why a header may not be set; undefined when it may. */
export function headerFault(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) {
    return "A header name is made of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110).";
  }
  const lower = name.toLowerCase();
  if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    return `The header ${name} is set by Posthaste or by the connection, and cannot be set here.`;
  }
  if (value.length > LONGEST_HEADER_VALUE)
    return `A header value has at most ${LONGEST_HEADER_VALUE} characters.`;
  if (!FIELD_VALUE.test(value)) {
    return 'A header value is made of visible ASCII or Latin-1 characters, without line breaks, and neither begins nor ends with a space.';
  }
  return undefined;
}
