import type { Response } from 'express';
import ipaddr from 'ipaddr.js';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../domain/errors.ts';

/** How often the burst beyond the limit is there again, in seconds. */
const BURST_EVERY_S = 10;

/** Requests without a valid key that one client address may make, in one second. */
export const FAILURES_PER_S = 20;

/** How many keys that were let in are remembered. */
const MOST_KNOWN = 10_000;

/** As many requests as so many keys may make, all keys of one account may make together. */
export const KEYS_AT_FULL_RATE = 4;

/** Counts a request of an account's key. @throws {AppError} 429 */
export type LimitKey = (caller: { keyId: string; accountId: string }, response: Response) => Promise<void>;

/**
 * Limits how often each key, and each account by all of its keys, may call, in this process: so many requests in a
 * second, and once in ten seconds as many more.
 *
 * @param perSecond of each key; an account has {@link KEYS_AT_FULL_RATE} times as many. Undefined: no limit
 */
export function createKeyLimit(perSecond: number | undefined): LimitKey {
  if (perSecond === undefined) return async () => {};
  const keys = burstyLimit('key', perSecond, 'This key');
  const accounts = burstyLimit('account', perSecond * KEYS_AT_FULL_RATE, 'The keys of this account together');
  return async ({ keyId, accountId }, response) => {
    response.set('RateLimit-Policy', `${keys.policy}, ${accounts.policy}`);
    // What its own limit refuses does not use up what the account's other keys may do.
    const ofKey = await keys.count(keyId, response);
    response.set('RateLimit', `${ofKey}, ${await accounts.count(accountId, response)}`);
  };
}

/** One limit, as `RateLimit-Policy` and `RateLimit` tell it. */
function burstyLimit(name: string, perSecond: number, who: string) {
  const limiter = new BurstyRateLimiter(
    new RateLimiterMemory({ points: perSecond, duration: 1 }),
    new RateLimiterMemory({ keyPrefix: 'burst', points: perSecond, duration: BURST_EVERY_S }),
  );
  const told = (left: RateLimiterRes) =>
    `"${name}";r=${Math.max(0, left.remainingPoints)};t=${secondsUntil(left.msBeforeNext)}`;
  return {
    policy: `"${name}";q=${perSecond};w=1`,
    /** @returns how much is left @throws {AppError} 429 */
    async count(id: string, response: Response): Promise<string> {
      try {
        return told(await limiter.consume(id));
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        response.set('RateLimit', told(refused));
        throw tooMany(response, refused, `${who} may make ${perSecond} requests a second; slow down.`);
      }
    },
  };
}

/** Slows down whoever tries keys. */
export interface GuessLimit {
  /**
   * Lets a request go on to have its key looked up, unless too many from its address had none that is valid. A key
   * that was let in before is looked up all the same: strangers behind the same address must not shut it out.
   *
   * @throws {AppError} 429
   */
  check(address: string | undefined, key: string, response: Response): Promise<void>;
  /** The key was valid. */
  passed(key: string): void;
  /** It was not, or there was none. @throws {AppError} 429 */
  failed(address: string | undefined, key: string, response: Response): Promise<void>;
}

export function createGuessLimit(perSecond: number = FAILURES_PER_S): GuessLimit {
  const failures = new RateLimiterMemory({ points: perSecond, duration: 1 });
  const known = new Set<string>();
  const refusal = (response: Response, left: RateLimiterRes) =>
    tooMany(response, left, 'Too many requests without a valid API key came from this address.');
  return {
    async check(address, key, response) {
      if (known.has(key)) return;
      const left = await failures.get(clientOf(address));
      if (left && left.remainingPoints <= 0 && left.msBeforeNext > 0) throw refusal(response, left);
    },
    passed(key) {
      if (known.size >= MOST_KNOWN) known.clear();
      known.add(key);
    },
    async failed(address, key, response) {
      known.delete(key);
      try {
        await failures.consume(clientOf(address));
      } catch (refused) {
        throw refused instanceof RateLimiterRes ? refusal(response, refused) : refused;
      }
    },
  };
}

function tooMany(response: Response, left: RateLimiterRes, detail: string): AppError {
  response.set('Retry-After', String(secondsUntil(left.msBeforeNext)));
  return new AppError(429, 'rate_limited', detail);
}

function secondsUntil(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** An IPv6 client has a whole network of 64 bits to come from, so that counts as one. */
function clientOf(address = ''): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
