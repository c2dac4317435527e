import type { KnownType } from './queries.ts';

/** What is sent of a type without a sample, as the API does. */
const PLAIN_SAMPLE = { test: true };

export function sampleText(type: KnownType | undefined): string {
  return JSON.stringify(type?.sample ?? PLAIN_SAMPLE, null, 2);
}

/** Why a text cannot be the data of an event. */
export function dataFault(text: string): string | undefined {
  try {
    const data: unknown = JSON.parse(text);
    const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
    return isObject ? undefined : 'Data is a JSON object: { … }.';
  } catch {
    return 'This is not JSON yet.';
  }
}
