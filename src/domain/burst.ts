/** The words of a burst: the first attempts of many deliveries, made together. */

/** Deliveries in bursts of one process that have not ended; those that have hung for a while are not counted. */
export const MOST_CARRIED = 1600;

/** The deliveries that a burst carries: by account, then by endpoint. */
export type Carriage = Record<string, Record<string, string[]>>;

/** What came of each first attempt, by delivery: `succeeded, 200 in 12 ms`; those that are under way are missing. */
export type CarriedLog = Record<string, string>;

export function carriageOf(
  deliveries: readonly { id: string; accountId: string; endpointId: string }[],
): Carriage {
  const carriage: Carriage = {};
  for (const { id, accountId, endpointId } of deliveries) {
    carriage[accountId] ??= {};
    const endpoints = carriage[accountId];
    endpoints[endpointId] ??= [];
    endpoints[endpointId].push(id);
  }
  return carriage;
}

/** Every delivery of a burst, with whose it is. */
export function carriedIn(
  carriage: Carriage,
): { deliveryId: string; accountId: string; endpointId: string }[] {
  return Object.entries(carriage).flatMap(([accountId, endpoints]) =>
    Object.entries(endpoints).flatMap(([endpointId, ids]) =>
      ids.map((deliveryId) => ({ deliveryId, accountId, endpointId })),
    ),
  );
}
