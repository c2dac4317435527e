import type { Request } from 'express';
import { idempotencyKey } from './event-contract.ts';
import { invalidRequest } from './problem.ts';

/** The `Idempotency-Key` of a request. @throws {AppError} 400 when it is not 1 to 255 visible ASCII characters */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined) return undefined;
  const parsed = idempotencyKey.safeParse(key);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues[0]?.message ?? '';
  throw invalidRequest([{ parameter: 'Idempotency-Key', detail }]);
}
