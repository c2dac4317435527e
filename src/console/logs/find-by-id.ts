import { client, dataOf, PosthasteError } from '../api/client.ts';

/** @returns the delivery; or the event, when it has none or several; null when there is neither */
export async function findById(
  account: string,
  id: string,
): Promise<{ deliveryId: string } | { eventId: string } | null> {
  const params = { path: { account, id } };
  const delivery = await unlessUnknown(
    dataOf(client.GET('/v1/accounts/{account}/deliveries/{id}', { params })),
  );
  if (delivery) return { deliveryId: delivery.id };
  const event = await unlessUnknown(dataOf(client.GET('/v1/accounts/{account}/events/{id}', { params })));
  if (!event) return null;
  const [only, another] = event.deliveries;
  return only && !another ? { deliveryId: only.id } : { eventId: event.id };
}

/** What cannot be an id is none that is known. */
async function unlessUnknown<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PosthasteError && [400, 404].includes(error.status)) return null;
    throw error;
  }
}
