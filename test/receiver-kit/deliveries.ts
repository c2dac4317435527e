import type { ProfileName } from '../../src/domain/delivery.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { profileOf } from '../../src/profiles/registry.ts';
import { newSecret, newSelzToken } from '../../src/profiles/secret.ts';
import { type SignedRequest, signedRequest } from '../../src/profiles/signed-request.ts';

export const SECRET = newSecret();

/** What the product sends of an event's sample, signed by the product. */
export function delivery(
  profile: ProfileName,
  {
    secrets = [SECRET],
    at = new Date(),
    type = profile === 'selz' ? 'order_completed' : 'order.completed',
  } = {},
): SignedRequest {
  const event = {
    id: 'evt_01a2047704dc43d3ac9c944859b8888a',
    type,
    createdAt: at,
    acceptedAt: at,
    selzToken: newSelzToken(),
    data: JSON.stringify(sampleOf(type)),
  };
  return signedRequest(profileOf(profile), { event, secrets, deliveryId: 'dlv_1', attempt: 2, at });
}
