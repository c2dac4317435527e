import { client, dataOf } from '../api/client.ts';

/** An event as it is written by hand. */
export interface WrittenEvent {
  event: string;
  /** JSON of an object. */
  text: string;
  id?: string | undefined;
}

/** @throws {PosthasteError} */
export function sendEvent(account: string, written: WrittenEvent) {
  return dataOf(client.POST('/v1/accounts/{account}/events', initOf(account, written)));
}

/** @throws {PosthasteError} what sending it would throw */
export function checkEvent(account: string, written: WrittenEvent) {
  return dataOf(client.POST('/v1/accounts/{account}/events/check', initOf(account, written)));
}

/** The data goes as it was written: parsed here, a number that is too long would be another one by now. */
function initOf(account: string, { event, text, id }: WrittenEvent) {
  const rest = JSON.stringify({ event, ...(id && { id }) });
  return {
    params: { path: { account } },
    body: { event, data: {} },
    bodySerializer: () => `${rest.slice(0, -1)},"data":${text}}`,
  };
}
