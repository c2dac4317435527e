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

/** Counts a request of a key. @throws {AppError} 429 */
export type LimitKey = (keyId: string, response: Response) => Promise<void>;

/**
 * Limits how often each key may call, in this process: so many requests in a second, and once in ten seconds as
 * many more.
 *
 * @param perSecond undefined: no limit
 */
export function createKeyLimit(perSecond: number | undefined): LimitKey {
  if (perSecond === undefined) return async () => {};
  const limiter = new BurstyRateLimiter(
    new RateLimiterMemory({ points: perSecond, duration: 1 }),
    new RateLimiterMemory({ keyPrefix: 'burst', points: perSecond, duration: BURST_EVERY_S }),
  );
  return async (keyId, response) => {
    response.set('RateLimit-Policy', `"key";q=${perSecond};w=1`);
    const told = (left: RateLimiterRes) =>
      response.set(
        'RateLimit',
        `"key";r=${Math.max(0, left.remainingPoints)};t=${secondsUntil(left.msBeforeNext)}`,
      );
    try {
      told(await limiter.consume(keyId));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      told(refused);
      throw tooMany(response, refused, `This key may make ${perSecond} requests a second; slow down.`);
    }
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
