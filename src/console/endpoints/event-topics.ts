export interface Topic<Type> {
  /** The pattern that takes all of it. */
  pattern: string;
  types: Type[];
}

/** Types by what their names begin with, up to the first separator: `order.completed` and `order.paid` are of `order.*`. */
export function topicsOf<Type extends { name: string }>(types: readonly Type[]): Topic<Type>[] {
  const topics = new Map<string, Type[]>();
  for (const type of types) {
    const prefix = /^[^_.-]*[_.-]/.exec(type.name)?.[0];
    const pattern = prefix === undefined ? type.name : `${prefix}*`;
    topics.set(pattern, [...(topics.get(pattern) ?? []), type]);
  }
  return [...topics].map(([pattern, ofTopic]) => ({ pattern, types: ofTopic }));
}
