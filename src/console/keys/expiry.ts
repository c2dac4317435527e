/** How long a key can be given, in days, by how it is said. */
const LIVES = [
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
  [365, '1 year'],
] as const;
const DAY_MS = 86_400_000;

export interface ExpiryChoice {
  label: string;
  /** Undefined: never. */
  expiresAt: string | undefined;
}

/**
 * When a new key can end. One that is made with a key that ends does so no later.
 *
 * @param ownEnd of the key that makes it
 */
export function expiryChoices(now: Date, ownEnd: string | undefined): ExpiryChoice[] {
  const lives = LIVES.map(([days, label]) => ({
    label: `In ${label}`,
    expiresAt: new Date(now.getTime() + days * DAY_MS).toISOString(),
  }));
  if (ownEnd === undefined) return [{ label: 'Never', expiresAt: undefined }, ...lives];
  const earlier = lives.filter(({ expiresAt }) => Date.parse(expiresAt) <= Date.parse(ownEnd));
  return [{ label: 'When the key that you use does', expiresAt: ownEnd }, ...earlier];
}
