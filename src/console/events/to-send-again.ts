import { type DeliveryOfEvent, hasEnded } from './has-ended.ts';

/** The newest delivery to each endpoint; what is still on its way, or has nowhere to go, is not sent again. */
export function toSendAgain(deliveries: readonly DeliveryOfEvent[]): DeliveryOfEvent[] {
  const resent = new Set(deliveries.map(({ resendOf }) => resendOf));
  const onTheirWay = new Set(deliveries.filter((one) => !hasEnded(one)).map(({ endpointId }) => endpointId));
  return deliveries.filter(
    ({ id, endpointId, reason }) =>
      !resent.has(id) && !onTheirWay.has(endpointId) && reason !== 'endpoint_deleted',
  );
}
