import { WebhookVerificationError } from './verification-error.ts';

/** Headers as Node, Express, Fetch or a plain object has them; names in any casing. */
export type ReceivedHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** @throws WebhookVerificationError `missing_header` */
export function requiredHeader(headers: ReceivedHeaders, name: string): string {
  const value = headerOf(headers, name);
  if (value) return value;
  throw new WebhookVerificationError('missing_header', `The request has no header "${name}".`);
}

/** A header's value, several of one name joined as Fetch does it; undefined when it did not come. */
export function headerOf(headers: ReceivedHeaders, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : found?.join(', ');
}

function isFetchHeaders(headers: ReceivedHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}
