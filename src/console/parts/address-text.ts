/** What stands in an address under a name; the router reads what looks like a number as one. */
export function addressText(given: unknown): string | undefined {
  return typeof given === 'string' || typeof given === 'number' ? String(given) || undefined : undefined;
}
