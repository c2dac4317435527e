/**
 * Operational events: what Posthaste itself has to say about endpoints and deliveries, sent as events of its own
 * through the engine. Nobody else may send events of these types.
 */
export const OPERATIONAL_TYPES = [
  'endpoint.failing',
  'endpoint.disabled',
  'endpoint.recovered',
  'delivery.exhausted',
] as const;
export type OperationalType = (typeof OPERATIONAL_TYPES)[number];

export function isOperational(type: string): type is OperationalType {
  return (OPERATIONAL_TYPES as readonly string[]).includes(type);
}

/** The failed attempt of one delivery after which its endpoint counts as failing. */
export const FAILING_AFTER_ATTEMPTS = 4;

/** An endpoint is not disabled for failures that lie closer together than this, however long ago the first was. */
export const SHORTEST_FAILING_HOURS = 12;
