import { timingSafeEqual } from 'node:crypto';
import { selgoraSignature } from './selgora.ts';
import { selzSignature } from './selz.ts';
import { standardSignature } from './standard.ts';

/** How far `webhook-timestamp` may be from now, either way: five minutes, as in the Standard Webhooks libraries. */
export const TIMESTAMP_TOLERANCE_S = 300;

/** One verdict for each signature header that came with the request. */
export interface Verdicts {
  selgora?: 'valid' | 'invalid';
  selz?: 'valid' | 'invalid';
  /** `expired`: rightly signed, but not within five minutes of now. */
  standard?: 'valid' | 'invalid' | 'expired';
}

export interface ReceivedRequest {
  /** Names in any casing. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes as they came, before any parsing. */
  rawBody: Buffer;
  /** A signature by any of these is valid. */
  secrets: readonly string[];
  now: Date;
}

/** Judges a received request. Whatever is missing, malformed or of the wrong length is `invalid`; never throws. */
export function verifySignatures({ headers, rawBody, secrets, now }: ReceivedRequest): Verdicts {
  const header = headerReader(headers);
  const verdicts: Verdicts = {};

  const selgora = header('x-selgora-signature');
  if (selgora !== undefined) {
    const valid = secrets.some((secret) => same(selgoraSignature(rawBody, secret), selgora));
    verdicts.selgora = valid ? 'valid' : 'invalid';
  }

  const selz = header('x-selz-signature');
  if (selz !== undefined) {
    const signed = selzSignedFields(rawBody);
    const valid =
      signed && secrets.some((secret) => same(selzSignature(signed.timestamp, signed.token, secret), selz));
    verdicts.selz = valid ? 'valid' : 'invalid';
  }

  const standard = header('webhook-signature');
  if (standard !== undefined) {
    const given = { id: header('webhook-id'), timestamp: header('webhook-timestamp'), standard };
    verdicts.standard = standardVerdict(given, rawBody, secrets, now);
  }
  return verdicts;
}

function standardVerdict(
  { id, timestamp, standard }: { id?: string | undefined; timestamp?: string | undefined; standard: string },
  body: Buffer,
  secrets: readonly string[],
  now: Date,
): 'valid' | 'invalid' | 'expired' {
  if (!id || !timestamp || !/^\d{1,12}$/.test(timestamp)) return 'invalid';
  const expected = secrets.map((secret) => standardSignature({ id, timestampS: timestamp, body }, secret));
  const given = standard.split(' ');
  if (!expected.some((signature) => given.some((candidate) => same(signature, candidate)))) return 'invalid';
  const apartS = Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp));
  return apartS > TIMESTAMP_TOLERANCE_S ? 'expired' : 'valid';
}

/** What Selz signs, read from the body; undefined when the body does not hold it. */
function selzSignedFields(rawBody: Buffer): { timestamp: number | string; token: string } | undefined {
  let body: unknown;
  try {
    body = JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const { timestamp, token } = body as Record<string, unknown>;
  if (typeof timestamp !== 'number' && typeof timestamp !== 'string') return undefined;
  return typeof token === 'string' ? { timestamp, token } : undefined;
}

function headerReader(headers: ReceivedRequest['headers']): (name: string) => string | undefined {
  const values = new Map(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return (name) => values.get(name);
}

/** Compares in a time that tells nothing of where two texts of the same length differ. */
function same(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
