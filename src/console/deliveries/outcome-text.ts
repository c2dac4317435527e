import { failureOf } from '../../domain/failures.ts';
import { statusText } from './http-status.ts';

/** What an attempt came to. */
interface Told {
  responseStatus?: number | undefined;
  error?: string | undefined;
}

/** What an attempt came to, in short: `503 Service Unavailable`, `Timed out`. */
export function outcomeText({ responseStatus, error }: Told): string {
  if (responseStatus !== undefined) return statusText(responseStatus);
  return failureOf({ error })?.title ?? error ?? 'Delivered';
}
