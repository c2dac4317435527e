export type { ProfileName, RawBody } from './body.ts';
export type { OperationalData, SelgoraData, SelzData } from './event-data.ts';
export type { AnyEvent, SelgoraEvent, SelzEvent, StandardEnvelope, StandardEvent } from './events.ts';
export type { ReceivedHeaders } from './headers.ts';
export type { Secret } from './hmac.ts';
export type { Delivery, Handler, ReceiverOptions } from './receive.ts';
export { type VerificationErrorCode, WebhookVerificationError } from './verification-error.ts';
export {
  type SignedRequest,
  type StandardRequest,
  verifySelgora,
  verifySelz,
  verifyStandard,
} from './verify.ts';
