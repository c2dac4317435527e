/** How long a listener is there that nobody reads, in milliseconds, unless the process is told another time. */
export const DEFAULT_UNREAD_MS = 60_000;

/** What belongs to one connection and not to the message (RFC 9110 §7.6.1), and what is said anew on the next. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The headers of a message that go on with it to the next connection; repeated ones are joined.
 *
 * @param raw names and values in turn, as Node gives them
 */
export function headersToPassOn(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let n = 0; n + 1 < raw.length; n += 2) {
    const [name = '', value = ''] = raw.slice(n, n + 2);
    if (OF_THE_CONNECTION.has(name.toLowerCase())) continue;
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
