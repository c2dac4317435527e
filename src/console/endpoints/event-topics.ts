import type { KnownType } from './queries.ts';

export interface Topic {
  /** The pattern that takes all of it. */
  pattern: string;
  types: KnownType[];
}

/** Types by what their names begin with, up to the first separator: `order.completed` and `order.paid` are of `order.*`. */
export function topicsOf(types: readonly KnownType[]): Topic[] {
  const topics = new Map<string, KnownType[]>();
  for (const type of types) {
    const prefix = /^[^_.-]*[_.-]/.exec(type.name)?.[0];
    const pattern = prefix === undefined ? type.name : `${prefix}*`;
    topics.set(pattern, [...(topics.get(pattern) ?? []), type]);
  }
  return [...topics].map(([pattern, ofTopic]) => ({ pattern, types: ofTopic }));
}
