export const ORIGINS = ['own', 'selgora', 'selz'] as const;
/** Whose type it is: the account's own, or that of a product. */
export type Origin = (typeof ORIGINS)[number];

export interface TypesSearch {
  /** Part of a name or description. */
  find?: string | undefined;
  of?: Origin | undefined;
}

export function typesSearchOf({ find, of }: Record<string, unknown>): TypesSearch {
  const origin = ORIGINS.find((one) => one === of);
  return { ...(find !== undefined && { find: String(find) }), ...(origin && { of: origin }) };
}
